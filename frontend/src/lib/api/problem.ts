import type { components } from "./schema";

export type FieldProblem = components["schemas"]["ProblemView"];

/** What went wrong with a request: a problem document of the platform, or what happened on the way. */
export class Problem extends Error {
  readonly status: number;
  readonly code: string;
  readonly errors: readonly FieldProblem[];
  readonly traceId: string;
  /** Seconds until it is worth trying again; null when nobody said. */
  readonly retryAfter: number | null;

  constructor(told: {
    status: number;
    code: string;
    detail: string;
    errors?: readonly FieldProblem[] | undefined;
    traceId?: string | undefined;
    retryAfter?: number | null;
  }) {
    super(told.detail);
    this.name = "Problem";
    this.status = told.status;
    this.code = told.code;
    this.errors = told.errors ?? [];
    this.traceId = told.traceId ?? "";
    this.retryAfter = told.retryAfter ?? null;
  }

  /** Nobody could be asked: neither done nor refused. */
  get unreachable(): boolean {
    return this.status === 0 || this.status === 502 || this.status === 503 || this.status === 504;
  }
}

/** The problem in an answer that is no success. */
export function problemIn(response: Response, body: unknown): Problem {
  const told = (typeof body === "object" && body !== null ? body : {}) as Partial<
    components["schemas"]["Problem"]
  >;
  const seconds = Number(response.headers.get("retry-after"));
  return new Problem({
    status: response.status,
    code: told.code ?? "unexpected",
    detail: told.detail ?? `The platform answered ${response.status} without saying why.`,
    errors: told.errors,
    traceId: told.traceId ?? response.headers.get("x-trace-id") ?? "",
    retryAfter: Number.isFinite(seconds) && seconds > 0 ? seconds : null,
  });
}

/** What to tell a person of anything that was thrown. */
export function problemOf(thrown: unknown): Problem {
  if (thrown instanceof Problem) return thrown;
  return new Problem({
    status: 0,
    code: "unreachable",
    detail: "The platform cannot be reached right now. Nothing is lost; please try again.",
  });
}
