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

export function load(): Keyring | undefined {
  try {
    const found = JSON.parse(localStorage.getItem(place) ?? 'null') as Keyring | null;
    return found && isAccount(found.account) && Array.isArray(found.kept) ? found : undefined;
  } catch {
    return undefined;
  }
}

export function save(keyring: Keyring | undefined): void {
  if (keyring) localStorage.setItem(place, JSON.stringify(keyring));
  else localStorage.removeItem(place);
}

export function isAccount(text: string): boolean {
  return /^[A-Za-z0-9_-]{43}$/.test(text);
}
