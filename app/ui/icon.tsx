/** Line icons on a 16-unit grid, one path each. */
const PATHS = {
  overview: 'M2.5 2.5h4.5v5H2.5zM9 2.5h4.5v3H9zM9 8h4.5v5.5H9zM2.5 10h4.5v3.5H2.5z',
  server: 'M2.5 3h11v4h-11zM2.5 9h11v4h-11zM5 5h.01M5 11h.01M8 5h3M8 11h3',
  rocket: 'M8 1.8c2.6 1.7 3.6 4.3 3.2 7.4l1.8 2v2.3l-2.8-1.2H5.8L3 13.5v-2.3l1.8-2C4.4 6.1 5.4 3.5 8 1.8zM8 6.3h.01',
  key: 'M10.3 2.5a3.2 3.2 0 1 1-2.6 5.1L2.5 12.8v.7h2.2v-1.7h1.6v-1.6l1.7-1.7M11 5h.01',
  audit: 'M4 2h8v12H4zM6 5h4M6 8h4M6 11h2',
  people:
    'M6 7.5a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5zM1.5 13.5c0-2.5 2-4 4.5-4s4.5 1.5 4.5 4M10.5 2.8a2.5 2.5 0 0 1 0 4.5M12 9.8c1.5.5 2.5 1.8 2.5 3.7',
  token: 'M2 5h12v6H2zM5 8h.01M8 8h.01M11 8h.01',
  search: 'M7 12A5 5 0 1 0 7 2a5 5 0 0 0 0 10zM10.7 10.7L14 14',
  plus: 'M8 3v10M3 8h10',
  check: 'M3 8.5l3.2 3.2L13 4.8',
  cross: 'M4 4l8 8M12 4l-8 8',
  alert: 'M8 2L1.5 13.5h13zM8 6.5v3.2M8 11.7h.01',
  info: 'M8 14A6 6 0 1 0 8 2a6 6 0 0 0 0 12zM8 7.5V11M8 5.2h.01',
  clock: 'M8 14A6 6 0 1 0 8 2a6 6 0 0 0 0 12zM8 4.8V8l2.2 1.5',
  pause: 'M5.5 3.5v9M10.5 3.5v9',
  play: 'M4.5 3l8 5-8 5z',
  stop: 'M4 4h8v8H4z',
  refresh: 'M13.5 8a5.5 5.5 0 1 1-1.7-4M13.5 2v3.2h-3.2',
  copy: 'M5.5 5.5h8v8h-8zM3.5 10.5h-1v-8h8v1',
  trash: 'M2.5 4.5h11M6 4.5v-2h4v2M4 4.5l.7 9h6.6l.7-9',
  lock: 'M3.5 7h9v6.5h-9zM5.5 7V5a2.5 2.5 0 0 1 5 0v2',
  menu: 'M2.5 4h11M2.5 8h11M2.5 12h11',
  chevron: 'M4 6l4 4 4-4',
  right: 'M6 4l4 4-4 4',
  left: 'M10 4L6 8l4 4',
  user: 'M8 8a3 3 0 1 0 0-6 3 3 0 0 0 0 6zM2.5 14c0-3 2.5-4.5 5.5-4.5s5.5 1.5 5.5 4.5',
  sun: 'M8 10.5a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5zM8 1.5v1.5M8 13v1.5M1.5 8H3M13 8h1.5M3.4 3.4l1.1 1.1M11.5 11.5l1.1 1.1M3.4 12.6l1.1-1.1M11.5 4.5l1.1-1.1',
  external: 'M9.5 2.5h4v4M13.5 2.5L7.5 8.5M11.5 9v4.5h-9v-9H7',
  skip: 'M3.5 4l5 4-5 4zM11.5 4v8',
  question: 'M8 14A6 6 0 1 0 8 2a6 6 0 0 0 0 12zM6.2 6.2c0-2.3 3.6-2.2 3.6 0 0 1.3-1.8 1.3-1.8 2.7M8 11.2h.01',
  change: 'M8 3v6M5 6h6M5 12.5h6',
  offline:
    'M2.5 2.5l11 11M4 9.5A5.6 5.6 0 0 1 6.6 8M1.8 6.8A9 9 0 0 1 4 5.2M7.5 4.2a9 9 0 0 1 6.7 2.6M10.5 8.5A5.6 5.6 0 0 1 12 9.5M8 12.7h.01',
  dot: 'M8 10a2 2 0 1 0 0-4 2 2 0 0 0 0 4z',
  ring: 'M8 13A5 5 0 1 0 8 3a5 5 0 0 0 0 10z',
  half: 'M8 13A5 5 0 1 0 8 3a5 5 0 0 0 0 10zM8 3v10M8 5h3.5M8 8h5M8 11h3.5',
  terminal: 'M2 3h12v10H2zM4.5 6l2 2-2 2M8.5 10h3',
  signOut: 'M6.5 13.5h-4v-11h4M10 5l3 3-3 3M13 8H6',
  download: 'M8 2.5v7M5 7l3 3 3-3M2.5 13.5h11',
  bolt: 'M9 1.8L3.5 9H8l-1 5.2L12.5 7H8z',
  arrowDown: 'M8 3v10M4 9l4 4 4-4',
} as const;

export type IconName = keyof typeof PATHS | 'spinner';

/** A decorative icon: the word beside it carries the meaning. */
export function Icon({ name, size = 16, className = '' }: { name: IconName; size?: number; className?: string }) {
  const isSpinner = name === 'spinner';
  return (
    <svg
      width={size}
      height={size}
      viewBox="0 0 16 16"
      fill="none"
      stroke="currentColor"
      strokeWidth={1.5}
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden="true"
      className={`shrink-0 ${isSpinner ? 'animate-[turn_900ms_linear_infinite]' : ''} ${className}`}
    >
      <path d={isSpinner ? 'M8 2.5a5.5 5.5 0 1 1-5.5 5.5' : PATHS[name]} />
    </svg>
  );
}
