import { Link } from '@remix-run/react';
import type { AuditEntry } from '#common/contracts/access.ts';

const PATHS: Record<string, string> = { server: '/servers/', deployment: '/deployments/' };

/** What an entry is about, with the way there where it has a page. */
export function ObjectLink({ entry }: { entry: AuditEntry }) {
  const name = entry.objectName ?? entry.objectId;
  if (name === null) return <span className="text-muted">—</span>;
  const path = entry.objectKind ? PATHS[entry.objectKind] : undefined;
  return path && entry.objectId ? (
    <Link to={`${path}${encodeURIComponent(entry.objectId)}`} className="hover:text-accent hover:underline">
      {name}
    </Link>
  ) : (
    <>{name}</>
  );
}
