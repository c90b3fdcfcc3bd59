import { useMemo, useSyncExternalStore } from 'react';

/** Which account this browser acts for, and which of its passkeys were made here. Nothing of it is secret: without the
 * passkey, which the browser or a security key holds, it can sign nothing. */

export interface Kept {
  kid: string;
  credential: string;
  name: string;
}

export interface Keyring {
  account: string;
  kept: readonly Kept[];
}

const place = 'aitbc.keyring';
const changed = 'aitbc.keyring.changed';

export function load(): Keyring | undefined {
  return read(localStorage.getItem(place));
}

/** The keyring, and each time that it changes, in this window or in another. */
export function useKeyring(): Keyring | undefined {
  const text = useSyncExternalStore(subscribe, () => localStorage.getItem(place));
  return useMemo(() => read(text), [text]);
}

function subscribe(tell: () => void): () => void {
  window.addEventListener(changed, tell);
  window.addEventListener('storage', tell);
  return () => {
    window.removeEventListener(changed, tell);
    window.removeEventListener('storage', tell);
  };
}

function read(text: string | null): Keyring | undefined {
  try {
    const found = JSON.parse(text ?? 'null') as Keyring | null;
    return found && isAccount(found.account) && Array.isArray(found.kept) ? found : undefined;
  } catch {
    return undefined;
  }
}

export function save(keyring: Keyring | undefined): void {
  if (keyring) localStorage.setItem(place, JSON.stringify(keyring));
  else localStorage.removeItem(place);
  window.dispatchEvent(new Event(changed));
}

export function isAccount(text: string): boolean {
  return /^[A-Za-z0-9_-]{43}$/.test(text);
}
