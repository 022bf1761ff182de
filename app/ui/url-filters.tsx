import { Form, useSearchParams, useSubmit } from '@remix-run/react';
import { useEffect, useRef, type ReactNode } from 'react';
import { Icon } from './icon.tsx';

/**
 * A search box and filters whose values live in the address. A choice applies at once, typing after a short rest; without
 * scripts, Enter applies.
 */
export function UrlFilters({ placeholder, children }: { placeholder: string; children?: ReactNode }) {
  const [params] = useSearchParams();
  const submit = useSubmit();
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  const input = useRef<HTMLInputElement>(null);
  const search = params.get('search') ?? '';
  // The address changed by itself (back, a link): show what it says.
  useEffect(() => {
    if (input.current && document.activeElement !== input.current) input.current.value = search;
  }, [search]);
  useEffect(
    () => () => {
      clearTimeout(timer.current);
    },
    [],
  );
  const apply = (form: HTMLFormElement) => {
    const data = new FormData(form);
    for (const [name, value] of [...data]) if (value === '') data.delete(name);
    submit(data, { replace: true, preventScrollReset: true });
  };
  return (
    <Form
      role="search"
      className="flex flex-wrap items-center gap-2"
      onChange={(event) => {
        const form = event.currentTarget;
        clearTimeout(timer.current);
        timer.current = setTimeout(
          () => {
            apply(form);
          },
          event.target instanceof HTMLInputElement ? 250 : 0,
        );
      }}
      onSubmit={(event) => {
        event.preventDefault();
        clearTimeout(timer.current);
        apply(event.currentTarget);
      }}
    >
      <div className="relative min-w-0 grow basis-48 sm:max-w-80">
        <Icon name="search" size={14} className="pointer-events-none absolute top-2.5 left-2.5 text-muted" />
        <input
          ref={input}
          type="search"
          name="search"
          aria-label={placeholder}
          placeholder={placeholder}
          defaultValue={search}
          className="min-h-9 w-full rounded border border-line-strong bg-surface pr-2.5 pl-8 text-sm placeholder:text-muted"
        />
      </div>
      {children}
    </Form>
  );
}

/** One choice among a few, kept in the address. */
export function FilterSelect({
  name,
  label,
  options,
}: {
  name: string;
  label: string;
  options: readonly (readonly [value: string, word: string])[];
}) {
  const [params] = useSearchParams();
  const value = params.get(name) ?? '';
  return (
    <select
      key={value}
      name={name}
      aria-label={label}
      defaultValue={value}
      className={`min-h-9 rounded border bg-surface py-1 pr-7 pl-2 text-sm ${value ? 'border-accent text-accent' : 'border-line-strong'}`}
    >
      <option value="">{label}: all</option>
      {options.map(([option, word]) => (
        <option key={option} value={option}>
          {word}
        </option>
      ))}
    </select>
  );
}
