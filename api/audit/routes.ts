import { AuditListQuery, AuditPage } from '#common/contracts/access.ts';
import { route } from '../http/route.ts';
import { listAudit } from './list-audit.ts';

export const auditRoutes = [
  route({
    method: 'get',
    path: '/api/audit',
    access: 'audit.view',
    summary: 'List audit entries',
    query: AuditListQuery,
    response: AuditPage,
    handle: listAudit,
  }),
];
