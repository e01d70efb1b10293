// @vitest-environment node
import { beforeEach, expect, it, vi } from "vitest";

const SECRET = "0123456789012345678901234567890123";

beforeEach(() => {
  vi.resetModules();
  vi.stubEnv("CATALOG_SESSION_SECRET", SECRET);
});

const session = (size = 900) => ({
  accessToken: "a".repeat(size),
  refreshToken: "r".repeat(size),
  accessUntil: Date.now() + 300_000,
  refreshUntil: Date.now() + 1_800_000,
  name: "author",
  roles: ["author"],
});

const jar = (changes: { name: string; value: string }[]) => {
  const kept = new Map(changes.filter(({ value }) => value).map(({ name, value }) => [name, value]));
  return {
    get: (name: string | { name: string }) => {
      const value = kept.get(typeof name === "string" ? name : name.name);
      return value === undefined ? undefined : { name: String(name), value };
    },
  };
};

it("gives back what was sealed, in cookies that browsers keep", async () => {
  const { sealed, opened } = await import("./cookie");
  for (const size of [100, 3_000, 8_000]) {
    const given = session(size);
    const changes = await sealed(given);
    expect(changes).toHaveLength(8);
    for (const one of changes) expect(one.name.length + one.value.length).toBeLessThan(4_000);
    expect(await opened(jar(changes))).toMatchObject(given);
    expect(changes.map(({ value }) => value).join("")).not.toContain("aaaaaaaa");
  }
});

it("a shorter session leaves nothing of a longer one", async () => {
  const { sealed, opened } = await import("./cookie");
  const long = await sealed(session(8_000));
  const short = await sealed(session(100));
  const after = new Map([...long, ...short].map((one) => [one.name, one]));
  expect((await opened(jar([...after.values()])))?.accessToken).toHaveLength(100);
});

it("is nobody's when something was changed, or sealed by somebody else", async () => {
  const { sealed, opened } = await import("./cookie");
  const changes = await sealed(session());
  const [first] = changes;
  if (!first) throw new Error("there is a cookie");
  expect(await opened(jar([{ ...first, value: `${first.value.slice(0, -3)}AAA` }]))).toBeNull();
  expect(await opened(jar([]))).toBeNull();
  vi.resetModules();
  vi.stubEnv("CATALOG_SESSION_SECRET", `${SECRET}x`);
  const other = await import("./cookie");
  expect(await other.opened(jar(changes))).toBeNull();
});

it("is over when its last token is", async () => {
  const { sealed, opened } = await import("./cookie");
  expect(await opened(jar(await sealed({ ...session(), refreshUntil: Date.now() - 60_000 })))).toBeNull();
});

it("belongs to this host alone where there is TLS", async () => {
  vi.stubEnv("CATALOG_PUBLIC_URL", "https://catalog.invalid");
  const { sealed, attributes } = await import("./cookie");
  expect((await sealed(session()))[0]?.name).toBe("__Host-catalog.0");
  expect(attributes()).toEqual({ httpOnly: true, sameSite: "lax", secure: true, path: "/" });
});
