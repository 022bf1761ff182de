import { Link, useSearchParams } from '@remix-run/react';

export interface Tab {
  id: string;
  label: string;
  className?: string;
}

/** Tabs whose choice lives in the address: links, so back and sharing work. The first is the default. */
export function Tabs({
  label,
  name,
  tabs,
  current,
  wideDefault,
}: {
  label: string;
  name: string;
  tabs: readonly Tab[];
  current: string;
  /** The tab shown in place of the first where a wide screen shows the first beside the tabs. */
  wideDefault?: string;
}) {
  const [params] = useSearchParams();
  return (
    <nav aria-label={label} className="flex shrink-0 gap-1 overflow-x-auto overflow-y-hidden border-b border-line px-2">
      {tabs.map((tab, index) => {
        const next = new URLSearchParams(params);
        if (index === 0) next.delete(name);
        else next.set(name, tab.id);
        const isCurrent = tab.id === current;
        const isWideDefault = tab.id === wideDefault && current === tabs[0]?.id;
        return (
          <Link
            key={tab.id}
            to={{ search: next.toString() }}
            preventScrollReset
            aria-current={isCurrent ? 'page' : undefined}
            className={`flex min-h-10 items-center border-b-2 px-2.5 text-sm whitespace-nowrap -outline-offset-2 ${
              isCurrent ? 'border-accent font-medium text-text' : 'border-transparent text-muted hover:text-text'
            } ${isWideDefault ? 'xl:border-accent xl:font-medium xl:text-text' : ''} ${tab.className ?? ''}`}
          >
            {tab.label}
          </Link>
        );
      })}
    </nav>
  );
}
