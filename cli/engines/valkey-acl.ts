import { createHash } from 'node:crypto';

/** Who may connect to Valkey. `starter` only asks whether the server is there. */
export const VALKEY_USERS = ['starter', 'api', 'worker', 'ingest', 'digest'] as const;
export type ValkeyUser = (typeof VALKEY_USERS)[number];

/** What every client library sends when it connects. */
const CONNECT = '+ping +hello +auth +select +info +client|setname +client|id';

/**
 * Keys, channels and commands of each user, and nothing else. `admiral:` is ours; `nodepulse:` holds the metrics stream, and
 * `server:valid:` who may report.
 */
const RULES: Record<ValkeyUser, string> = {
  starter: CONNECT,
  api: `${CONNECT} ~admiral:* ~server:valid:* ~nodepulse:* &admiral:* +@pubsub +get +set +setex +del +unlink +exists +incr +expire +pexpire +ttl +pttl +mget +hgetall +eval +evalsha +xlen +xinfo +xpending +multi +exec`,
  worker: `${CONNECT} ~admiral:* ~server:valid:* &admiral:* +publish +get +set +setex +del +unlink +exists +expire`,
  ingest: `${CONNECT} ~server:valid:* ~nodepulse:* ~admiral:* &admiral:* +subscribe +psubscribe +unsubscribe +punsubscribe +publish +get +set +setex +mget +del +unlink +exists +incr +expire +ttl +xadd +xlen +xinfo +xpending +xgroup +multi +exec`,
  digest: `${CONNECT} ~nodepulse:* ~admiral:* ~server:valid:* &admiral:* +publish +get +set +setex +del +expire +xgroup +xread +xreadgroup +xack +xdel +xclaim +xautoclaim +xlen +xinfo +xpending +xrange +xadd +xtrim +hset +hincrby +multi +exec`,
};

/** The text of an ACL file: the default user is off, passwords stand as SHA-256. Understood by Redis 6.2+ and Valkey. */
export function valkeyAcl(passwords: Record<ValkeyUser, string>): string {
  const lines = VALKEY_USERS.map((user) => {
    const hash = createHash('sha256').update(passwords[user]).digest('hex');
    return `user ${user} on resetkeys resetchannels -@all #${hash} ${RULES[user]}`;
  });
  return ['user default off resetkeys resetchannels -@all', ...lines, ''].join('\n');
}
