import "server-only";
import { cache } from "react";
import { type Problem, problemOf } from "@/lib/api/problem";
import type { components } from "@/lib/api/schema";
import { catalog } from "@/lib/api/server";
import type { Entry } from "./entry";
import { askedOf, EVERYTHING, type Question } from "./question";

export type Found = components["schemas"]["StoreFoundView"];

async function asked(query: Record<string, string>): Promise<Found> {
  const { data } = await catalog().GET("/api/store/offerings", { params: { query } });
  return data as Found; // what is no success is thrown
}

/** What a question finds. Throws `Problem`. */
export const searchStore = (question: Question) => asked(askedOf(question));

/** Some of what a question finds, without counting it. Throws `Problem`. */
export const someOf = (question: Question, limit: number, cursor = "") =>
  asked({
    ...askedOf(question),
    limit: String(limit),
    facets: "false",
    ...(cursor && { cursor }),
  });

/** How many a question finds. Throws `Problem`. */
export const countOf = async (question: Question) =>
  (await asked({ ...askedOf(question), limit: "1" })).total ?? 0;

/** What is for sale under a key, asked for once for each page; null for what is not for sale. Throws `Problem`. */
export const entryUnder = cache(async (key: string): Promise<Entry | null> => {
  try {
    const { data } = await catalog().GET("/api/store/offerings/{key}", { params: { path: { key } } });
    return data as Entry;
  } catch (thrown) {
    const problem = problemOf(thrown);
    if (isAbsent(problem)) return null;
    throw problem;
  }
});

/** Whether an answer says that there is no such thing, or that there cannot be. */
export const isAbsent = ({ status }: Problem) => status === 404 || isRefused(status);

/** Whether an answer says that the question makes no sense. */
export const isRefused = (status: number) => status === 400 || status === 414 || status === 422;

/** Whether nobody could answer just now, so that it is worth trying again. */
export const isAway = (problem: Problem) => problem.unreachable || problem.status === 429;

/** Others of a category, or else the newest: none when they cannot be had, as no page is there for them alone. */
export async function othersThan(key: string, question: Partial<Question>): Promise<Entry[]> {
  const found = await someOf({ ...EVERYTHING, ...question }, 5).catch(() => null);
  return (found?.items ?? []).filter((one) => one.key !== key).slice(0, 4);
}
