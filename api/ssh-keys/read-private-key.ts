import { createPrivateKey, type KeyObject } from 'node:crypto';
import ssh2 from 'ssh2';
import { RefusedError } from '../http/refused-error.ts';

const MIN_RSA_BITS = 2048;

function refuse(path: 'privateKey' | 'passphrase', message: string): RefusedError {
  return new RefusedError('invalid_key', message, [{ path, message }]);
}

/**
 * A pasted private key (OpenSSH, PuTTY 2, or PEM), decrypted. Throws invalid_key for public keys, wrong passphrases, DSA, and RSA under
 * 2048 bits. Messages never quote the text.
 */
export function readPrivateKey(privateKey: string, passphrase?: string): KeyObject {
  const text = `${privateKey.trim()}\n`;
  if (/^(ssh-|ecdsa-|sk-)\S+ /.test(text) || text.includes('PUBLIC KEY-----')) {
    throw refuse('privateKey', 'This is a public key. Paste the private one: it begins with "-----BEGIN".');
  }
  const key = /BEGIN OPENSSH PRIVATE KEY|^PuTTY-User-Key-File/m.test(text)
    ? readOpenssh(text, passphrase)
    : readPem(text, passphrase);
  if (key.asymmetricKeyType === 'dsa') throw refuse('privateKey', 'DSA keys are not safe any more. Use Ed25519.');
  const bits = key.asymmetricKeyDetails?.modulusLength;
  if (bits !== undefined && bits < MIN_RSA_BITS) {
    throw refuse('privateKey', `This RSA key has ${String(bits)} bits; at least ${String(MIN_RSA_BITS)} are needed.`);
  }
  return key;
}

function readOpenssh(text: string, passphrase: string | undefined): KeyObject {
  const parsed = ssh2.utils.parseKey(text, passphrase);
  if (parsed instanceof Error) throw unreadable(parsed.message, passphrase);
  const [first] = [parsed].flat();
  if (!first?.isPrivateKey()) throw unreadable('', passphrase);
  return createPrivateKey(first.getPrivatePEM());
}

function readPem(text: string, passphrase: string | undefined): KeyObject {
  try {
    return createPrivateKey(passphrase === undefined ? text : { key: text, passphrase });
  } catch (error) {
    const { code, message } = error as { code?: string; message: string };
    throw unreadable(`${code ?? ''} ${message}`, passphrase);
  }
}

function unreadable(reason: string, passphrase: string | undefined): RefusedError {
  if (/passphrase|interrupted or cancelled|MISSING_PASSPHRASE/i.test(reason) && !passphrase) {
    return refuse('passphrase', 'This key is encrypted: give its passphrase.');
  }
  if (passphrase !== undefined && /bad decrypt|integrity|passphrase|decrypt|check/i.test(reason)) {
    return refuse('passphrase', 'The passphrase does not open this key.');
  }
  return refuse('privateKey', 'This is no private key that OpenSSH, PuTTY or OpenSSL write: paste the whole file.');
}
