import type { ReactNode } from "react";
import { buttonLook } from "@/components/ui/button-look";
import { Notice } from "@/components/ui/notice";
import type { FieldProblem } from "@/lib/api/problem";
import { StoreLink } from "./pending";
import { addressOf, EVERYTHING, parametersOf, type Question, STORE, withoutParameter } from "./question";

/** The store did not answer. The link asks the server again, with JavaScript and without. */
export function StoreAway({ address }: { address: string }) {
  return (
    <div className="mx-auto max-w-xl space-y-4 py-10">
      <h1>The store is away for a moment</h1>
      <Notice kind="warn" title="It does not answer right now.">
        <p>Nothing is wrong with what you asked. Please try again in a few seconds.</p>
      </Notice>
      <a href={address} className={buttonLook("primary")}>
        Try again
      </a>
    </div>
  );
}

/** The parameter that a problem is about. */
export const parameterOf = ({ pointer }: FieldProblem) => pointer.replace(/^\/query\/?/, "");

const SENTENCES: Record<string, (value: string) => string> = {
  bound: (value) => `“${value}” is neither a number nor a date.`,
  value_error: (value) => `“${value}” is no amount.`,
  currency: () => "Prices are compared in one currency, and none is chosen.",
  words: () => "There is no word in what you search for: type at least one letter or digit.",
  cursor: () => "This page belongs to another search, or to one of long ago.",
};

/** The question could not be understood: why, and the same question without what is wrong with it. */
export function Refused({
  question,
  problems,
  detail,
}: {
  question: Question;
  problems: readonly FieldProblem[];
  detail: string;
}) {
  const values = new Map(parametersOf(question));
  return (
    <Notice kind="warn" title="This search cannot be understood." className="mb-4">
      <ul className="space-y-1.5">
        {problems.map((one) => {
          const name = parameterOf(one);
          const sentence = SENTENCES[one.code]?.(values.get(name) ?? "") ?? one.message;
          return (
            <Line key={`${name} ${one.code}`} sentence={sentence}>
              <Way to={addressOf(withoutParameter(question, name))}>
                {one.code === "cursor" ? "Go to the first page" : "Search without it"}
              </Way>
            </Line>
          );
        })}
        {!problems.length && (
          <Line sentence={detail}>
            <Way to={STORE}>Show everything</Way>
          </Line>
        )}
      </ul>
      {problems.length > 1 && <Way to={addressOf(EVERYTHING)}>Show everything</Way>}
    </Notice>
  );
}

function Line({ sentence, children }: { sentence: string; children: ReactNode }) {
  return (
    <li>
      {sentence} {children}
    </li>
  );
}

function Way({ to, children }: { to: string; children: ReactNode }) {
  return (
    <StoreLink
      href={to}
      className="inline-flex min-h-6 items-center font-medium underline underline-offset-2"
    >
      {children}
    </StoreLink>
  );
}
