// @vitest-environment node
import { expect, it } from "vitest";
import { within } from "./deadline";

it("gives back what came in time", async () => {
  expect(await within(async () => "done", 1_000)).toBe("done");
  await expect(within(() => Promise.reject(new Error("no")), 1_000)).rejects.toThrow("no");
});

it("waits no longer for what does not listen to its signal", async () => {
  let told: AbortSignal | undefined;
  const deaf = within((late) => {
    told = late;
    return new Promise(() => undefined);
  }, 20);
  await expect(deaf).rejects.toMatchObject({ name: "TimeoutError" });
  expect(told?.aborted).toBe(true);
});
