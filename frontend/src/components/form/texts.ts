import * as z from "zod/mini";
import { INCOMPLETE } from "./moments";

/** The texts that all things of the catalog have, judged as the platform does. */

const MOST_KEY = 64;
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const UNPRINTABLE = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\ud800-\udfff]/u;
const KEY = /^[a-z0-9]+(-[a-z0-9]+)*$/;

/** Characters as the platform counts them: code points. */
export const lengthOf = (text: string) => [...text].length;

export const unprintable = (text: string) => UNPRINTABLE.test(text);

/** What is wrong with a text of `least` to `most` characters; `lines` says whether it may have several. */
export function textFault(text: string, least: number, most: number, lines = false): string | null {
  const length = lengthOf(text);
  if (length < least || length > most) {
    return length === 0
      ? `Between ${least} and ${most} characters are needed here.`
      : `Between ${least} and ${most} characters are accepted here; ${length} given.`;
  }
  if (unprintable(text) || (!lines && text.includes("\n")))
    return "Control characters are not accepted here.";
  return null;
}

function text(least: number, most: number, lines = false) {
  return z.string().check(
    z.superRefine((value, context) => {
      const message = textFault(value.trim(), least, most, lines);
      if (message) context.addIssue({ code: "custom", message });
    }),
  );
}

export const nameText = text(1, 200);
export const descriptionText = text(0, 4000, true);

/** A key; empty, one is made of the name by the platform. */
export const keyText = z.string().check(
  z.superRefine((value, context) => {
    if (value && (value.length > MOST_KEY || !KEY.test(value))) {
      context.addIssue({
        code: "custom",
        message: `A key has at most ${MOST_KEY} lower-case letters (a-z) and digits, in words joined by hyphens, such as screen-size.`,
      });
    }
  }),
);

/** Letters that Unicode does not take apart into a Latin one and an accent. */
const WHOLE: Record<string, string> = { æ: "ae", œ: "oe", ø: "o", ł: "l", đ: "d", ð: "d", þ: "th", ß: "ss" };

/** The key for a name, "Größe (GB)" being "grosse-gb"; "" when no letter of it can be a key's. */
export function keyOf(name: string): string {
  const latin = name.toLowerCase().replace(/[æœøłđðþß]/g, (one) => WHOLE[one] ?? one);
  const letters = latin.normalize("NFKD").replace(/\p{Mn}/gu, "");
  return (letters.match(/[a-z0-9]+/g) ?? []).join("-").slice(0, MOST_KEY).replace(/-+$/, "");
}

/** Without a key one is made of the name, if it has letters for that. */
export function judgeKey({ name, key }: { name: string; key: string }, context: z.core.$RefinementCtx): void {
  if (key === "" && name.trim() !== "" && keyOf(name) === "") {
    const message = "No key can be made of this name: give one, such as screen-size.";
    context.addIssue({ code: "custom", path: ["key"], message });
  }
}

/** From when until when something is valid: ISO texts, "" for an open side. */
export const validity = z.object({ from: z.string(), to: z.string() }).check(
  z.superRefine(({ from, to }, context) => {
    const wrong = (path: string, message: string) =>
      context.addIssue({ code: "custom", path: [path], message });
    for (const [side, moment] of [
      ["from", from],
      ["to", to],
    ] as const) {
      if (moment === INCOMPLETE) wrong(side, "Say both the day and the time.");
      else if (moment && !yearFits(moment)) wrong(side, "Years from 1970 to 9998 are accepted here.");
    }
    if (yearFits(from) && yearFits(to) && Date.parse(from) >= Date.parse(to)) {
      wrong("to", "The end of the validity is after its beginning.");
    }
  }),
);

function yearFits(moment: string): boolean {
  const year = new Date(moment).getUTCFullYear();
  return year >= 1970 && year <= 9998;
}

export const openEnded = ({ from, to }: { from: string; to: string }) => ({
  from: from || null,
  to: to || null,
});
