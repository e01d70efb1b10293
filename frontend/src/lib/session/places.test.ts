import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { safePlace } from "./places";

describe("where to go after signing in", () => {
  it.each([
    ["/viewer/prices?sort=-name#top", "/viewer/prices?sort=-name#top"],
    ["/", "/"],
    ["/a/../b", "/b"],
  ])("%s is a place of ours", (wanted, place) => expect(safePlace(wanted)).toBe(place));

  it.each([
    null,
    undefined,
    "",
    "viewer",
    "//stranger.invalid/x",
    "/\\stranger.invalid",
    "https://stranger.invalid/",
    "javascript:alert(1)",
    "/\t/stranger.invalid",
    "/\n/stranger.invalid",
    "/x\u0000y",
    "/login?next=/login",
  ])("%s is none", (wanted) => expect(safePlace(wanted)).toBe("/builder"));

  it("never leaves the site, whatever is asked for", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (wanted) => {
        const place = safePlace(`/${wanted}`);
        expect(new URL(place, "http://here.invalid").origin).toBe("http://here.invalid");
        expect(place.startsWith("/")).toBe(true);
        expect(place.startsWith("//")).toBe(false);
      }),
    );
  });
});
