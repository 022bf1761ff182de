import type { ReactNode, ThHTMLAttributes, TdHTMLAttributes } from 'react';

/** A table that scrolls inside its own box where it is wider than the screen. `label` names it. */
export function Table({ label, head, children }: { label: string; head: ReactNode; children: ReactNode }) {
  return (
    <div className="overflow-x-auto" role="region" aria-label={label} tabIndex={0}>
      <table className="w-full border-collapse text-left text-sm">
        <thead className="text-xs text-muted">
          <tr className="border-b border-line">{head}</tr>
        </thead>
        <tbody className="divide-y divide-line">{children}</tbody>
      </table>
    </div>
  );
}

export function Th({ className = '', ...rest }: ThHTMLAttributes<HTMLTableCellElement>) {
  return (
    <th
      scope="col"
      {...rest}
      className={`relative px-3 py-2 font-medium first:pl-4 last:pr-4 whitespace-nowrap ${className}`}
    />
  );
}

export function Td({ className = '', ...rest }: TdHTMLAttributes<HTMLTableCellElement>) {
  return <td {...rest} className={`relative px-3 py-1.5 first:pl-4 last:pr-4 ${className}`} />;
}
