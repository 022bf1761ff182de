import type { VariableValue } from '#common/domain/variables.ts';

/** A host of a run, from the server's own fields. Everything in it is data that Ansible never reads as a template. */
export interface RunHost {
  /** The server's id: the host's name within the inventory, so that no name of a person's choice is a host pattern. */
  id: string;
  /** What people call it; the play reads it as `admiral_name`. */
  name: string;
  address: string;
  port: number;
  user: string;
  /** Key of the plan with which it is reached; null when the server has none. */
  keyId: string | null;
  /** Pinned host key, `type base64`; null when nobody has accepted one. */
  hostKey: string | null;
  /** Ansible's local connection, under the test setting alone. */
  isLocal: boolean;
  /** Further host variables (`admiral_agent_token` and the like). Names beginning with `ansible_` are refused. */
  variables: Readonly<Record<string, unknown>>;
}

export interface RunKey {
  id: string;
  /** One line, `type base64`. */
  publicKey: string;
  /** OpenSSH or PEM text without a passphrase. Handed to an ssh-agent, never written to a disk. */
  privateKey: string;
}

/** Everything that a run needs, read and unsealed when an attempt starts. */
export interface RunPlan {
  /** The playbook within the installation, and the folder of all roles. */
  playbookFile: string;
  rolesDir: string;
  /** Hash that the api signed (hashPlaybookTree); the run refuses another tree. */
  playbookHash: string;
  /** Safe to run again on a host that was interrupted in the middle. */
  repeatable: boolean;
  /** In the order in which they are to be run. Hosts whose server is gone are missing. */
  hosts: readonly RunHost[];
  variables: Readonly<Record<string, VariableValue>>;
  keys: readonly RunKey[];
  /** Texts that must not appear in output or events: values of password variables, agent tokens. */
  secrets: readonly string[];
  /** Hosts that Ansible works on at once. */
  forks: number;
}
