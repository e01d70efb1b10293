"use client";

import { DeleteUnused, Duplicate, Edit } from "@/components/detail/actions";
import { Detail } from "@/components/detail/detail";
import { Fields, Section, SmallTable } from "@/components/detail/parts";
import { UsedBy } from "@/components/detail/used-by";
import { useUsers } from "@/components/detail/users";
import { Link } from "@/components/shell/link";
import { Time } from "@/components/ui/time";
import { api, got, ifMatch } from "@/lib/api/browser";
import type { components } from "@/lib/api/schema";
import { formatValidity } from "@/lib/dates";
import { formatDecimal, formatMoney } from "@/lib/money";
import { Held } from "./columns";
import { amountWords, KINDS, MODES, perWords } from "./words";

type Price = components["schemas"]["PriceView"];

export function PriceDetail({ id }: { id: string }) {
  return (
    <Detail<Price>
      entity="prices"
      id={id}
      get={(one, signal) => got(api.GET("/api/prices/{id}", { params: { path: { id: one } }, signal }))}
      name={(one) => one.name}
      badge={(one) => <Held locked={one.locked} />}
      actions={(one) => <Actions one={one} />}
    >
      {(one) => (
        <>
          <p className="max-w-prose text-ink-soft">
            {one.locked
              ? "Offerings are live by it, or are being published: until those end it is neither changed nor deleted. Duplicate it for another price."
              : "No publication holds it, so it can be changed."}
          </p>
          <div className="grid grid-cols-1 gap-6 lg:grid-cols-2">
            <Section title="Price">
              <Fields
                fields={[
                  ["Description", one.description],
                  ["Kind", KINDS[one.kind]],
                  [
                    "Amount",
                    <span key="amount" className="tabular font-medium">
                      {one.tiers.length > 0
                        ? "By the tiers below"
                        : [amountWords(one), perWords(one)].filter(Boolean).join(" ")}
                    </span>,
                  ],
                  ["Tax", one.taxIncluded ? "Included" : "Not included"],
                  ["Valid", formatValidity(one.validFor)],
                  ...(one.mode ? ([["Tiers are", MODES[one.mode]]] as const) : []),
                ]}
              />
              {one.tiers.length > 0 && <Tiers of={one} />}
            </Section>
            <UsedBy entity="prices" id={one.id} />
          </div>
          {one.holds.length > 0 && <Holds of={one} />}
        </>
      )}
    </Detail>
  );
}

function Tiers({ of: { tiers, money, unitOfMeasure } }: { of: Price }) {
  return (
    <SmallTable label="Tiers" heads={["From a quantity of", "Amount"]} numeric={[0, 1]}>
      {tiers.map((one) => (
        <tr key={one.from}>
          <td className="text-right">
            {formatDecimal(one.from)} {unitOfMeasure}
          </td>
          <td className="text-right">
            {formatMoney(one.amount, money.currency)}
            {unitOfMeasure && ` per ${unitOfMeasure}`}
          </td>
        </tr>
      ))}
    </SmallTable>
  );
}

function Holds({ of: { id, holds } }: { of: Price }) {
  const users = useUsers("prices", id);
  const names = new Map(users.data?.named.map((one) => [one.id, one.name]));
  return (
    <Section title="Holds" note="Publications that keep the price as it is.">
      <SmallTable label="Holds" heads={["For the offering", "Until", "Publication"]}>
        {holds.map((one) => (
          <tr key={one.publicationId}>
            <th scope="row">
              <Link href={`/viewer/offerings/${one.offeringId}`} className="text-accent hover:underline">
                {names.get(one.offeringId) ?? one.offeringKey ?? one.offeringId}
              </Link>
            </th>
            <td>{one.expiresAt ? <Time at={one.expiresAt} /> : "its sale ends"}</td>
            <td>
              <Link href={`/publish/${one.publicationId}`} className="text-accent hover:underline">
                <code>{one.publicationId}</code>
              </Link>
            </td>
          </tr>
        ))}
      </SmallTable>
    </Section>
  );
}

function Actions({ one: { id, name, version, locked } }: { one: Price }) {
  const header = { "if-match": ifMatch(version) };
  return (
    <>
      {!locked && <Edit entity="prices" id={id} />}
      <Duplicate entity="prices" id={id} />
      {!locked && (
        <DeleteUnused
          entity="prices"
          id={id}
          name={name}
          instead="take it out of those, or end its validity"
          run={() => got(api.DELETE("/api/prices/{id}", { params: { path: { id }, header } }))}
        />
      )}
    </>
  );
}
