"use client";

import { useQuery } from "@tanstack/react-query";
import { Archive, CircleCheck } from "lucide-react";
import { Trouble } from "@/components/data-table/trouble";
import { Act } from "@/components/detail/act";
import { DeleteUnused, Duplicate, Edit } from "@/components/detail/actions";
import { Detail } from "@/components/detail/detail";
import { Fields, Lifecycle, Section, SmallTable } from "@/components/detail/parts";
import { UsedBy } from "@/components/detail/used-by";
import { Link } from "@/components/shell/link";
import { Status } from "@/components/ui/status";
import { characteristicsWith } from "@/features/characteristic/reader";
import { VALUE_TYPES, valueWords } from "@/features/characteristic/words";
import { api, got, ifMatch } from "@/lib/api/browser";
import type { components } from "@/lib/api/schema";

type Specification = components["schemas"]["SpecificationView"];

const MEANINGS: Record<Specification["status"], string> = {
  DRAFT: "No offering of this kind can be published until it is active.",
  ACTIVE:
    "Offerings of this kind can be published. When it is revised, what is live stays as it is until its next publication.",
  RETIRED: "It stays for what is live, is for nothing new, and is not revised any more.",
};

const INSTEAD: Record<Specification["status"], string> = {
  DRAFT: "choose another specification in those",
  ACTIVE: "retire it",
  RETIRED: "leave it retired",
};

export function SpecificationDetail({ id }: { id: string }) {
  return (
    <Detail<Specification>
      entity="specifications"
      id={id}
      get={(one, signal) =>
        got(api.GET("/api/specifications/{id}", { params: { path: { id: one } }, signal }))
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
              { state: "DRAFT", word: "Draft" },
              { state: "ACTIVE", word: "Active" },
              { state: "RETIRED", word: "Retired" },
            ]}
          >
            {MEANINGS[one.status]}
          </Lifecycle>
          <Characteristics of={one} />
          <div className="grid grid-cols-1 gap-6 lg:grid-cols-2">
            <Section title="Definition">
              <Fields fields={[["Description", one.description]]} />
            </Section>
            <UsedBy entity="specifications" id={one.id} />
          </div>
        </>
      )}
    </Detail>
  );
}

/** What offerings of this kind say, in their order. */
function Characteristics({ of: { uses, characteristicKeys } }: { of: Specification }) {
  const ids = uses.map((one) => one.characteristicId);
  const answer = useQuery({ ...characteristicsWith(ids), enabled: ids.length > 0 });
  const known = new Map(answer.data?.map((one) => [one.id, one]));
  return (
    <Section
      title="Characteristics"
      note={`${uses.length}, of which ${uses.filter((one) => one.required).length} required.`}
    >
      {answer.isError && <Trouble error={answer.error} again={() => answer.refetch()} />}
      {uses.length > 0 && (
        <SmallTable
          label="Characteristics"
          heads={["Name", "Key", "Type", "Required", "Default", "Only these", "State"]}
        >
          {uses.map((use, at) => {
            const one = known.get(use.characteristicId);
            return (
              <tr key={use.characteristicId}>
                <th scope="row">
                  <Link
                    href={`/viewer/characteristics/${use.characteristicId}`}
                    className="text-accent hover:underline"
                  >
                    {one?.name ?? characteristicKeys[at]}
                  </Link>
                </th>
                <td>
                  <code className="text-ink-soft">{characteristicKeys[at]}</code>
                </td>
                <td className="whitespace-nowrap">
                  {one && [VALUE_TYPES[one.valueType], one.unit].filter(Boolean).join(", ")}
                </td>
                <td>{use.required ? "Required" : "Optional"}</td>
                <td>{valueWords(use.default, one)}</td>
                <td>{use.allowedCodes ? valueWords(use.allowedCodes, one) : "–"}</td>
                <td>{one && <Status of={one.status} />}</td>
              </tr>
            );
          })}
        </SmallTable>
      )}
    </Section>
  );
}

function Actions({ one: { id, name, version, status } }: { one: Specification }) {
  const header = { "if-match": ifMatch(version) };
  return (
    <>
      {status !== "RETIRED" && <Edit entity="specifications" id={id} />}
      <Duplicate entity="specifications" id={id} />
      {status === "DRAFT" && (
        <Act
          entity="specifications"
          id={id}
          label="Activate"
          icon={CircleCheck}
          title={`Activate ${name}?`}
          done={`${name} is active.`}
          run={(key) =>
            got(
              api.POST("/api/specifications/{id}/activate", {
                params: { path: { id }, header: { ...header, "Idempotency-Key": key } },
              }),
            )
          }
        >
          <p>Offerings of this kind can be published then. It cannot become a draft again.</p>
        </Act>
      )}
      {status === "ACTIVE" && (
        <Act
          entity="specifications"
          id={id}
          label="Retire"
          icon={Archive}
          title={`Retire ${name}?`}
          done={`${name} is retired.`}
          run={(key) =>
            got(
              api.POST("/api/specifications/{id}/retire", {
                params: { path: { id }, header: { ...header, "Idempotency-Key": key } },
              }),
            )
          }
        >
          <p>{MEANINGS.RETIRED} This cannot be undone.</p>
        </Act>
      )}
      <DeleteUnused
        entity="specifications"
        id={id}
        name={name}
        instead={INSTEAD[status]}
        run={() => got(api.DELETE("/api/specifications/{id}", { params: { path: { id }, header } }))}
      />
    </>
  );
}
