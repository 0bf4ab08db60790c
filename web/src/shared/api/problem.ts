import i18next from "i18next";

/** A refused request, as RFC 9457 problem+json tells it; `status` 0 means that the server was not reached. */
export class Problem extends Error {
  readonly status: number;
  readonly code: string;
  readonly fields: Record<string, string>;
  /** The row as it stands on the server, given with 409 on a stale write. */
  readonly current: unknown;
  readonly retryAfter: number | null;
  /** Why, in words of whoever made the rule. */
  readonly reason: string;

  constructor(init: { status: number; code: string; detail: string; fields?: Record<string, string>; current?: unknown; retryAfter?: number | null; reason?: string }) {
    super(init.detail);
    this.name = "Problem";
    this.status = init.status;
    this.code = init.code;
    this.fields = init.fields ?? {};
    this.current = init.current;
    this.retryAfter = init.retryAfter ?? null;
    this.reason = init.reason ?? "";
  }

  get isStale(): boolean {
    return this.status === 409 && this.current !== undefined;
  }
}

interface ProblemBody {
  code?: string;
  detail?: string;
  title?: string;
  errors?: { field: string; message: string; rule?: string; limit?: number | null }[];
  current?: unknown;
  retry_after?: number;
  reason?: string;
}

/** Mistakes that the server names have a sentence in the reader's language; the server's own is the rest. */
function sentenceOf({ message, rule, limit }: { message: string; rule?: string; limit?: number | null }): string {
  const key = `invalid.${rule ?? ""}`;
  return i18next.isInitialized && i18next.exists(key) ? i18next.t(key as "invalid.required", { limit: limit ?? "" }) : message;
}

/** Turns any unsuccessful response into a Problem; a body that is not problem+json keeps its status. */
export async function problemFrom(response: Response): Promise<Problem> {
  let body: ProblemBody = {};
  if ((response.headers.get("content-type") ?? "").includes("json")) {
    try {
      body = (await response.json()) as ProblemBody;
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error;
    }
  }
  const fields = Object.fromEntries((body.errors ?? []).map((error) => [error.field, sentenceOf(error)]));
  const retry = body.retry_after ?? Number(response.headers.get("retry-after"));
  return new Problem({
    status: response.status,
    code: body.code ?? `http_${response.status}`,
    detail: body.detail ?? body.title ?? response.statusText,
    fields,
    current: body.current,
    reason: body.reason,
    retryAfter: Number.isFinite(retry) && retry > 0 ? retry : null,
  });
}
