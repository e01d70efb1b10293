// @vitest-environment node
import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { DIAGRAM } from "./diagram";
import { STEPS } from "./words";

const source = fileURLToPath(new URL("../../../../bpmn/publish_offering.bpmn", import.meta.url));

// Outside of the repository, as in an image that is built from this folder alone, there is nothing to compare with.
test.skipIf(!existsSync(source))(
  "is the process that the engines have: `vitest -u` takes over what has changed",
  async () => {
    const head =
      "/** bpmn/publish_offering.bpmn as it is: written by diagram.test.ts. */\nexport const DIAGRAM = ";
    const text = `${head}\`${readFileSync(source, "utf8")}\`;\n`;
    await expect(text).toMatchFileSnapshot("diagram.ts");
  },
);

test("has the steps that are spoken of", () => {
  for (const name of Object.keys(STEPS)) expect(DIAGRAM).toContain(`id="${name}"`);
});
