import { buttonLook } from "@/components/ui/button-look";
import { Others } from "./offering-page";
import { StoreLink } from "./pending";
import { addressOf, EVERYTHING, STORE } from "./question";
import { othersThan } from "./read";

/** Nothing is for sale under a key: it never was, or is no more. What is named alike is shown instead. */
export async function NotForSale({ entryKey }: { entryKey: string }) {
  const [word = ""] = entryKey.split(/[^\p{L}\p{N}]+/u).filter(Boolean);
  const alike = word ? await othersThan(entryKey, { q: word.slice(0, 50) }) : [];
  const others = alike.length ? alike : await othersThan(entryKey, { sort: "-published" });
  return (
    <>
      <div className="space-y-3 py-4">
        <h1 tabIndex={-1}>This is not for sale</h1>
        <p className="max-w-prose text-ink-soft">
          Nothing is for sale under <span className="font-mono">{entryKey.slice(0, 100)}</span>. It may have
          been taken off the market, or the address may be mistyped.
        </p>
        <div className="flex flex-wrap gap-2">
          {alike.length > 0 && (
            <StoreLink href={addressOf({ ...EVERYTHING, q: word })} className={buttonLook()}>
              Search for “{word}”
            </StoreLink>
          )}
          <StoreLink href={STORE} className={buttonLook()}>
            Show everything
          </StoreLink>
        </div>
      </div>
      {others.length > 0 && (
        <Others title={alike.length ? "Named alike" : "New in the store"} entries={others} />
      )}
    </>
  );
}
