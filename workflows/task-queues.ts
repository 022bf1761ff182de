/** Task queues. Workflows run in a process of their own; activities where Ansible and SSH are. */
export const WORKFLOW_QUEUE = 'admiral-workflows';
export const ANSIBLE_QUEUE = 'admiral-ansible';
