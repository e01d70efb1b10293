"use client";

import { Archive } from "lucide-react";
import { Act } from "@/components/detail/act";
import { DeleteUnused, Duplicate, Edit } from "@/components/detail/actions";
import { Detail } from "@/components/detail/detail";
import { Fields, Lifecycle, Section, SmallTable } from "@/components/detail/parts";
import { UsedBy } from "@/components/detail/used-by";
import { Badge } from "@/components/ui/badge";
import { Status } from "@/components/ui/status";
import { api, got, ifMatch } from "@/lib/api/browser";
import type { components } from "@/lib/api/schema";
import { VALUE_TYPES, valueWords } from "./words";

type Characteristic = components["schemas"]["CharacteristicView"];

export function CharacteristicDetail({ id }: { id: string }) {
  return (
    <Detail<Characteristic>
      entity="characteristics"
      id={id}
      get={(one, signal) =>
        got(api.GET("/api/characteristics/{id}", { params: { path: { id: one } }, signal }))
      }
      name={(one) => one.name}
      badge={(one) => <Status of={one.status} />}
      actions={(one) => <Actions one={one} />}
    >
      {(one) => (
        <>
          <Lifecycle
            now={one.status}
            steps={[
              { state: "ACTIVE", word: "Active" },
              { state: "DEPRECATED", word: "Deprecated" },
            ]}
          >
            {one.status === "ACTIVE"
              ? "Specifications can use it."
              : "It stays where it is used, is for nothing new, and is not revised any more."}
          </Lifecycle>
          <div className="grid grid-cols-1 gap-6 lg:grid-cols-2">
            <Section title="Definition">
              <Fields
                fields={[
                  ["Description", one.description],
                  ["Type of value", VALUE_TYPES[one.valueType]],
                  ["Several values", one.multiple ? "Yes" : "No"],
                  ["Unit", one.unit],
                  ...rules(one),
                ]}
              />
            </Section>
            <UsedBy entity="characteristics" id={one.id} />
          </div>
          {one.allowedValues.length > 0 && <AllowedValues values={one.allowedValues} />}
        </>
      )}
    </Detail>
  );
}

/** Only the rules that there are: most characteristics have one or two of them. */
function rules({ constraints, valueType }: Characteristic): [string, string][] {
  const { min, max, step, pattern, maxLength, scale } = constraints;
  const shown: [string, unknown][] = [
    ["Least", min],
    ["Most", max],
    ["Step", step],
    ["Pattern", pattern],
    ["Longest text", maxLength],
    ["Decimal places", scale],
  ];
  return shown.flatMap(([label, value]): [string, string][] =>
    value === null || value === undefined
      ? []
      : [[label, valueType === "date" ? valueWords(String(value)) : String(value)]],
  );
}

function AllowedValues({ values }: { values: Characteristic["allowedValues"] }) {
  return (
    <Section title="Allowed values" note="In the order in which they are offered.">
      <SmallTable label="Allowed values" heads={["Label", "Code", "Remark"]}>
        {[...values]
          .sort((a, b) => (a.order ?? 0) - (b.order ?? 0))
          .map((one) => (
            <tr key={one.code}>
              <th scope="row">{one.label}</th>
              <td>
                <code className="text-ink-soft">{one.code}</code>
              </td>
              <td>
                <span className="flex flex-wrap gap-1">
                  {one.default && <Badge tone="accent">Default</Badge>}
                  {one.deprecated && (
                    <Badge tone="warn" icon={Archive}>
                      Deprecated
                    </Badge>
                  )}
                </span>
              </td>
            </tr>
          ))}
      </SmallTable>
    </Section>
  );
}

function Actions({ one: { id, name, version, status } }: { one: Characteristic }) {
  const header = { "if-match": ifMatch(version) };
  return (
    <>
      {status === "ACTIVE" && <Edit entity="characteristics" id={id} />}
      <Duplicate entity="characteristics" id={id} />
      {status === "ACTIVE" && (
        <Act
          entity="characteristics"
          id={id}
          label="Deprecate"
          icon={Archive}
          title={`Deprecate ${name}?`}
          done={`${name} is deprecated.`}
          run={(key) =>
            got(
              api.POST("/api/characteristics/{id}/deprecate", {
                params: { path: { id }, header: { ...header, "Idempotency-Key": key } },
              }),
            )
          }
        >
          <p>
            It stays where it is used, is for nothing new, and is not revised any more. This cannot be undone.
          </p>
        </Act>
      )}
      <DeleteUnused
        entity="characteristics"
        id={id}
        name={name}
        instead={status === "ACTIVE" ? "deprecate it" : "leave it deprecated"}
        run={() => got(api.DELETE("/api/characteristics/{id}", { params: { path: { id }, header } }))}
      />
    </>
  );
}
