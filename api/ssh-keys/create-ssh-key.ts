import { createHash, generateKeyPair, type KeyObject } from 'node:crypto';
import { promisify } from 'node:util';
import type { CreateSshKey, SshKey } from '#common/contracts/ssh-keys.ts';
import { newId } from '#common/crypto/new-id.ts';
import { RefusedError } from '../http/refused-error.ts';
import type { Context } from '../http/route.ts';
import { encodeOpensshKey } from './encode-openssh-key.ts';
import { presentSshKey } from './present.ts';
import { readPrivateKey } from './read-private-key.ts';

const generate = promisify(generateKeyPair);

/** Makes or takes a key; the private part is sealed and never leaves again but into a run. */
export async function createSshKey(context: Context<unknown, unknown, CreateSshKey>): Promise<SshKey> {
  const { deps, body, change, actor } = context;
  const isImport = 'privateKey' in body;
  const key = isImport ? readPrivateKey(body.privateKey, body.passphrase) : await generateKey(body.generate);
  const encoded = encodeOpensshKey(key);
  if (!encoded) throw new RefusedError('invalid_key', 'Only Ed25519, RSA and ECDSA (NIST curves) keys can be used.');
  const id = newId();
  const place = { table: 'ssh_keys', column: 'private_key', row: id };
  const fingerprint = `SHA256:${createHash('sha256').update(encoded.publicBlob).digest('base64').replace(/=+$/, '')}`;
  return change(async (tx, audit) => {
    if (await tx.sshKey.findUnique({ where: { name: body.name } })) {
      throw new RefusedError('already_exists', `There is a key named ${body.name} already: choose another name.`);
    }
    const row = await tx.sshKey.create({
      data: {
        id,
        name: body.name,
        type: encoded.type,
        publicKey: encoded.publicKey,
        fingerprint,
        sealedPrivateKey: deps.sealer.seal(encoded.privateKey, place),
        createdById: actor.kind === 'user' ? actor.id : null,
      },
      include: { _count: { select: { servers: true } } },
    });
    await audit({
      action: isImport ? 'ssh_key.import' : 'ssh_key.generate',
      objectKind: 'ssh_key',
      objectId: id,
      objectName: row.name,
      details: { type: row.type, fingerprint },
    });
    return presentSshKey(row);
  });
}

async function generateKey(kind: 'ed25519' | 'rsa-4096'): Promise<KeyObject> {
  const pair = kind === 'ed25519' ? await generate('ed25519') : await generate('rsa', { modulusLength: 4096 });
  return pair.privateKey;
}
