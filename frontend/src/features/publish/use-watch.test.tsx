import { act, renderHook } from "@testing-library/react";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { account, step } from "./sample";
import { useWatch } from "./use-watch";

let hidden = false;
let asked = 0;
let present = account({ steps: [step("validate", "RUNNING")] });

const read = vi.hoisted(() => vi.fn());
vi.mock("@/lib/api/browser", () => ({ api: { GET: read } }));

beforeEach(() => {
  vi.useFakeTimers();
  hidden = false;
  asked = 0;
  present = account({ steps: [step("validate", "RUNNING")] });
  vi.spyOn(document, "hidden", "get").mockImplementation(() => hidden);
  vi.stubGlobal("fetch", async () => {
    asked += 1;
    return Response.json({}, { status: 503 }); // there are no streams just now
  });
  read.mockImplementation(async () => {
    asked += 1;
    return { data: present, response: new Response() };
  });
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

const passed = (milliseconds: number) => act(() => vi.advanceTimersByTimeAsync(milliseconds));

async function turn(away: boolean) {
  hidden = away;
  document.dispatchEvent(new Event("visibilitychange"));
  await passed(100);
}

test("nothing is asked while the tab is hidden, and at once when it is seen again", async () => {
  const { result } = renderHook(() => useWatch(present.id));
  await passed(2_000);
  expect(result.current.account?.status).toBe("RUNNING");
  await turn(true);
  const before = asked;
  await passed(60_000);
  expect(asked).toBe(before);
  present = account({ status: "PUBLISHED", steps: [step("confirm", "DONE")] });
  await turn(false);
  expect(result.current.account?.status).toBe("PUBLISHED");
});

test("nothing is asked any more once all is told", async () => {
  present = account({ status: "PUBLISHED", steps: [step("confirm", "DONE")] });
  renderHook(() => useWatch(present.id));
  await passed(1_000);
  const before = asked;
  await passed(60_000);
  await turn(true);
  await turn(false);
  expect(asked).toBe(before);
});
