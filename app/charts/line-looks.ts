/** Lines differ by colour and by dash, so that no eye depends on colour. */
export const LINE_LOOKS = [
  { stroke: 'var(--color-series-1)', dash: undefined },
  { stroke: 'var(--color-series-2)', dash: '6 3' },
  { stroke: 'var(--color-series-3)', dash: '2 2.5' },
  { stroke: 'var(--color-series-4)', dash: '9 3 2 3' },
  { stroke: 'var(--color-series-5)', dash: '1 4' },
] as const;

export const lineLook = (index: number) => LINE_LOOKS[index % LINE_LOOKS.length] ?? LINE_LOOKS[0];
