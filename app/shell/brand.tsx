/** Mark and name. */
export function Brand() {
  return (
    <span className="inline-flex items-center gap-2 font-semibold tracking-tight">
      <svg width="22" height="22" viewBox="0 0 16 16" aria-hidden="true" className="shrink-0">
        <rect width="16" height="16" rx="4" className="fill-accent" />
        <path
          d="M2.5 8.5h2.6l1.6-4 2.6 7 1.6-3h2.6"
          fill="none"
          className="stroke-on-accent"
          strokeWidth="1.6"
          strokeLinecap="round"
          strokeLinejoin="round"
        />
      </svg>
      <span>Admiral</span>
    </span>
  );
}
