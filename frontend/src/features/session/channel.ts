/** On which tabs of this browser tell each other that somebody has signed in or out. */
export const CHANNEL = "catalog-session";
