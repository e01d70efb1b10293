/** What is typed and not saved, kept in this tab by the address of the form: a login page does not lose it. */

export interface Draft {
  values: unknown;
  /** What the form had when work on it began, and of which version that was (0 for something new). */
  before: unknown;
  version: number;
}

const PREFIX = "catalog:draft:";

export function readDraft(address: string): Draft | null {
  try {
    return JSON.parse(sessionStorage.getItem(PREFIX + address) ?? "null") as Draft | null;
  } catch {
    return null; // somebody else has written there
  }
}

export function writeDraft(address: string, draft: Draft): void {
  try {
    sessionStorage.setItem(PREFIX + address, JSON.stringify(draft));
  } catch {
    // full, or not allowed: the form itself still has everything
  }
}

export const removeDraft = (address: string) => sessionStorage.removeItem(PREFIX + address);
