import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { entry, price } from "./example";
import { productOf, scriptText } from "./json-ld";

const NOW = new Date("2026-06-01T00:00:00Z");

describe("structured data", () => {
  it("cannot end its element, whatever is said in it", () => {
    fc.assert(
      fc.property(
        fc.array(fc.oneof(fc.string(), fc.constantFrom("</script>", "<!--", "-->", "&lt;", "\u2028"))),
        (parts) => {
          const name = parts.join("");
          const text = scriptText({ name });
          expect(text).not.toMatch(/[<>&\u2028\u2029]/);
          expect(JSON.parse(text)).toEqual({ name });
        },
      ),
    );
  });

  it("is one element in a document", () => {
    const script = document.createElement("div");
    const hostile = entry({ name: "</script><script>alert(1)</script>" });
    script.innerHTML = `<script type="application/ld+json">${scriptText(productOf(hostile, "u", NOW))}</script>`;
    expect(script.querySelectorAll("script")).toHaveLength(1);
    expect(JSON.parse(script.textContent ?? "")).toMatchObject({ name: hostile.name });
  });

  it("tells the prices that hold, as exact text", () => {
    const past = price({ id: "old", validFor: { from: null, to: "2026-01-01T00:00:00Z" } });
    const product = productOf(entry({ prices: [price(), past] }), "https://shop.example/store/x", NOW);
    expect(product).toMatchObject({
      "@type": "Product",
      sku: "phone-1",
      url: "https://shop.example/store/x",
      offers: [
        {
          "@type": "Offer",
          price: "24.99",
          priceCurrency: "EUR",
          priceSpecification: { unitCode: "MON", billingDuration: 1, valueAddedTaxIncluded: true },
        },
      ],
    });
    expect((product as { offers: unknown[] }).offers).toHaveLength(1);
  });
});
