/** One text of a form; empty when it is not there. */
export function formText(form: FormData, name: string): string {
  const value = form.get(name);
  return typeof value === 'string' ? value : '';
}

/** One text without outer blanks, or undefined when nothing was typed. */
export function formOptional(form: FormData, name: string): string | undefined {
  const value = formText(form, name).trim();
  return value === '' ? undefined : value;
}
