/** Something that the person at the terminal can mend; the message is one sentence with the fix. */
export class SentenceError extends Error {}
