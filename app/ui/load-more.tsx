import { useSearchParams } from '@remix-run/react';
import { ButtonLink } from './button.tsx';

/** The way to the next page of a list, and back to the first. */
export function LoadMore({ nextCursor }: { nextCursor: string | null }) {
  const [params] = useSearchParams();
  const isLater = params.has('cursor');
  if (nextCursor === null && !isLater) return null;
  const link = (cursor: string | null) => {
    const next = new URLSearchParams(params);
    if (cursor === null) next.delete('cursor');
    else next.set('cursor', cursor);
    return `?${next.toString()}`;
  };
  return (
    <nav aria-label="Pages of this list" className="flex justify-end gap-2 border-t border-line px-4 py-2.5">
      {isLater ? (
        <ButtonLink to={link(null)} look="quiet">
          First page
        </ButtonLink>
      ) : null}
      {nextCursor === null ? null : <ButtonLink to={link(nextCursor)}>Next page</ButtonLink>}
    </nav>
  );
}
