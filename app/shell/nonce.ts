import { createContext } from 'react';

/** Nonce of the answer's Content-Security-Policy; empty in the browser, where scripts run already. */
export const NonceContext = createContext<string>('');
