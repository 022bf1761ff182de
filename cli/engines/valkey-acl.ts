import { createHash } from 'node:crypto';

/** Who may connect to Valkey. `starter` only asks whether the server is there. */
export const VALKEY_USERS = ['starter', 'api', 'worker', 'ingest', 'digest'] as const;
export type ValkeyUser = (typeof VALKEY_USERS)[number];

/** What every client library sends when it connects. */
const CONNECT = '+ping +hello +auth +select +info +client|setname +client|id';

const SUBSCRIBE = '+subscribe +unsubscribe';
const TRANSACTION = '+multi +exec +discard';
/** The stream of reports, and what the digest tells about it. */
const STREAM = 'nodepulse:metrics:stream';
const DIGEST_STATS = 'admiral:digest:stats';

/**
 * Keys, channels and commands of each user, and nothing else. A pattern that is subscribed to must stand here letter by
 * letter. The channels are those of common/contracts/live.ts.
 */
const RULES: Record<ValkeyUser, string[]> = {
  starter: [CONNECT],
  api: [
    `${CONNECT} ${SUBSCRIBE} +psubscribe +punsubscribe +publish ${TRANSACTION}`,
    `~admiral:throttle:* ~${STREAM} ~${DIGEST_STATS} +set +incr +pttl +del +xinfo +xlen +hgetall`,
    '&admiral:deployment:* &admiral:metrics:* &admiral:servers:changed &admiral:sessions:ended',
  ],
  worker: [`${CONNECT} +publish &admiral:deployment:* &admiral:servers:changed`],
  ingest: [
    `${CONNECT} ${SUBSCRIBE} ~server:valid:* ~${STREAM} +get +set +del +xadd +xlen +xinfo +xpending`,
    '&admiral:servers:changed',
  ],
  digest: [
    `${CONNECT} +publish ${TRANSACTION} ~${STREAM} ~${DIGEST_STATS} +xgroup +xreadgroup +xack +xdel +xautoclaim`,
    '+xlen +xinfo +xpending +xrange +hset +hincrby &admiral:metrics:*',
  ],
};

/** The text of an ACL file: the default user is off, passwords stand as SHA-256. Understood by Redis 6.2+ and Valkey. */
export function valkeyAcl(passwords: Record<ValkeyUser, string>): string {
  const lines = VALKEY_USERS.map((user) => {
    const hash = createHash('sha256').update(passwords[user]).digest('hex');
    return `user ${user} on resetkeys resetchannels -@all #${hash} ${RULES[user].join(' ')}`;
  });
  return ['user default off resetkeys resetchannels -@all', ...lines, ''].join('\n');
}
