import { expect, it } from '@jest/globals';

import { listCgroupHierarchies } from './cgroup-hierarchies.ts';

const line = (path: string, type: string) => `30 20 0:26 / ${path} rw,relatime shared:9 - ${type} cgroup rw`;

it('finds one hierarchy per controller, and the unified one beside them', () => {
  const hybrid = [
    line('/sys/fs/cgroup', 'tmpfs'),
    line('/sys/fs/cgroup/memory', 'cgroup'),
    line('/sys/fs/cgroup/unified', 'cgroup2'),
  ];
  expect(listCgroupHierarchies(hybrid.join('\n'))).toEqual([
    { path: '/sys/fs/cgroup/memory', version: 1 },
    { path: '/sys/fs/cgroup/unified', version: 2 },
  ]);
});

it('leaves out what a later mount on /sys/fs/cgroup hides', () => {
  const covered = [line('/sys/fs/cgroup/memory', 'cgroup'), line('/sys/fs/cgroup', 'cgroup2')];
  expect(listCgroupHierarchies(covered.join('\n'))).toEqual([{ path: '/sys/fs/cgroup', version: 2 }]);
});
