"use client";

import { useQuery } from "@tanstack/react-query";
import { Archive, PencilOff, Rocket } from "lucide-react";
import type { ReactNode } from "react";
import { Trouble } from "@/components/data-table/trouble";
import { Act } from "@/components/detail/act";
import { Delete, Duplicate, Edit } from "@/components/detail/actions";
import { Detail } from "@/components/detail/detail";
import { type Field, Fields, Lifecycle, Section, SmallTable } from "@/components/detail/parts";
import { Link } from "@/components/shell/link";
import { useMay } from "@/components/shell/roles";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { Notice } from "@/components/ui/notice";
import { Skeleton } from "@/components/ui/skeleton";
import { Status } from "@/components/ui/status";
import { Time } from "@/components/ui/time";
import { characteristicsWith } from "@/features/characteristic/reader";
import { valueWords } from "@/features/characteristic/words";
import { pricesWith } from "@/features/price/reader";
import { amountWords, KINDS, perWords } from "@/features/price/words";
import { ProgressBadge } from "@/features/publish/status";
import { oneOf } from "@/features/reading";
import { specifications } from "@/features/specification/reader";
import { api, got, ifMatch } from "@/lib/api/browser";
import type { components } from "@/lib/api/schema";
import { formatValidity } from "@/lib/dates";
import { formatCount } from "@/lib/formats";
import { type Content, contentOf } from "./words";

type Offering = components["schemas"]["OfferingView"];

export function OfferingDetail({ id }: { id: string }) {
  return (
    <Detail<Offering>
      entity="offerings"
      id={id}
      get={(one, signal) => got(api.GET("/api/offerings/{id}", { params: { path: { id: one } }, signal }))}
      name={(one) => contentOf(one).name}
      badge={(one) => (
        <>
          <Status of={one.status} />
          {one.draft && one.live && <Badge tone="accent">Has a draft of a change</Badge>}
        </>
      )}
      actions={(one) => <Actions one={one} />}
    >
      {(one) => (
        <>
          <Lifecycle
            now={one.status}
            steps={[
              { state: "DRAFT", word: "Draft" },
              { state: "PUBLISHING", word: "Publishing" },
              { state: "PUBLISHED", word: "Published" },
              { state: "RETIRED", word: "Retired" },
            ]}
          >
            <Meaning of={one} />
          </Lifecycle>
          {one.failure && <Failure of={one.failure} />}
          {one.draft && one.live ? (
            <Compared draft={one.draft} live={one.live} />
          ) : (
            <Section title={one.draft ? "Draft" : "Live"}>
              <Fields fields={said(contentOf(one)).map(({ label, value }): Field => [label, value])} />
            </Section>
          )}
          <div className="grid grid-cols-1 gap-6 lg:grid-cols-2">
            <Values of={one} />
            <Prices of={one} />
          </div>
          <Publications id={one.id} present={one.publicationId} />
        </>
      )}
    </Detail>
  );
}

function Meaning({ of: { status, draft, publishedAt, publicationId, key } }: { of: Offering }) {
  switch (status) {
    case "DRAFT":
      return "Nobody outside sees it until it is published.";
    case "PUBLISHING":
      return (
        <>
          Until that ends nothing else can be done with it.{" "}
          {publicationId && (
            <Link href={`/publish/${publicationId}`} className="text-accent underline underline-offset-2">
              Watch the publication
            </Link>
          )}
        </>
      );
    case "PUBLISHED":
      return (
        <>
          {publishedAt && (
            <>
              Live since <Time at={publishedAt} />.{" "}
            </>
          )}
          {draft && "The draft goes live with the next publication. "}
          <Link href={`/store/${key}`} className="text-accent underline underline-offset-2">
            See it in the store
          </Link>
        </>
      );
    case "RETIRED":
      return "It is not sold any more, and stays as it was.";
  }
}

function Failure({ of: { message, problems, publicationId } }: { of: NonNullable<Offering["failure"]> }) {
  return (
    <Notice kind="bad" title="The last publication was rejected, and undone">
      <p className="text-ink">{message}</p>
      {problems.length > 0 && (
        <ul className="list-disc pl-5 text-ink">
          {problems.map((one) => (
            <li key={`${one.pointer} ${one.code}`}>{one.message}</li>
          ))}
        </ul>
      )}
      <Link href={`/publish/${publicationId}`} className="text-accent underline underline-offset-2">
        See how it went
      </Link>
    </Notice>
  );
}

interface Said {
  field: keyof Content;
  label: string;
  value: ReactNode;
}

/** What an author has written, but for the values and the prices. */
function said(content: Content): Said[] {
  return [
    { field: "name", label: "Name", value: content.name },
    { field: "description", label: "Description", value: content.description },
    { field: "category", label: "Category", value: content.category },
    {
      field: "specificationId",
      label: "Specification",
      value: content.specificationId && <Specification id={content.specificationId} />,
    },
    { field: "validFor", label: "On sale", value: formatValidity(content.validFor ?? {}) },
    { field: "imageUrl", label: "Picture", value: content.imageUrl && <Picture url={content.imageUrl} /> },
  ];
}

function Picture({ url }: { url: string }) {
  return (
    <a href={url} rel="noreferrer" target="_blank" className="text-accent underline underline-offset-2">
      {url}
    </a>
  );
}

/** What shoppers see, and what they shall see, side by side. */
function Compared({ draft, live }: { draft: Content; live: Content }) {
  const now = said(live);
  return (
    <Section title="Live and draft" note="What shoppers see now, and after the next publication.">
      <SmallTable label="Live and draft" heads={["Field", "Live", "Draft"]}>
        {said(draft).map(({ field, label, value }, at) => (
          <tr key={field} className="align-top">
            <th scope="row">
              <span className="text-ink-soft">{label}</span>
            </th>
            <td className="min-w-40 wrap-anywhere">{now[at]?.value || "–"}</td>
            <td className="min-w-40 wrap-anywhere">
              {value || "–"} {JSON.stringify(draft[field]) !== JSON.stringify(live[field]) && <Changed />}
            </td>
          </tr>
        ))}
      </SmallTable>
    </Section>
  );
}

const Changed = () => <Badge tone="accent">Changed</Badge>;

function Specification({ id }: { id: string }) {
  const { data } = useQuery(oneOf(specifications, id));
  return (
    <Link href={`/viewer/specifications/${id}`} className="text-accent hover:underline">
      {data?.name ?? id}
    </Link>
  );
}

/** What is said of this product, by its characteristics. */
function Values({ of }: { of: Offering }) {
  const { specificationId, values = {} } = contentOf(of);
  const specification = useQuery({
    ...oneOf(specifications, specificationId ?? ""),
    enabled: !!specificationId,
  });
  const ids = specification.data?.uses.map((one) => one.characteristicId) ?? [];
  const answer = useQuery({ ...characteristicsWith(ids), enabled: ids.length > 0 });
  const known = new Map(answer.data?.map((one) => [one.key, one]));
  const order = specification.data?.characteristicKeys ?? [];
  const keys = [
    ...order.filter((key) => key in values),
    ...Object.keys(values).filter((key) => !order.includes(key)),
  ];
  const trouble = specification.error ?? answer.error;
  const live = of.draft && of.live?.values;
  return (
    <Section title="Values" note={!keys.length && "Nothing is said of it yet."}>
      {trouble && (
        <Trouble
          error={trouble}
          again={() => (specification.isError ? specification.refetch() : answer.refetch())}
        />
      )}
      {keys.length > 0 && (
        <Fields
          fields={keys.map((key): Field => {
            const one = known.get(key);
            return [
              one?.name ?? key,
              <span key={key} className="tabular">
                {valueWords(values[key], one)}{" "}
                {live && JSON.stringify(live[key]) !== JSON.stringify(values[key]) && <Changed />}
              </span>,
            ];
          })}
        />
      )}
    </Section>
  );
}

function Prices({ of }: { of: Offering }) {
  const ids = contentOf(of).priceIds ?? [];
  const answer = useQuery({ ...pricesWith(ids), enabled: ids.length > 0 });
  const changed = of.draft && of.live && String(of.draft.priceIds) !== String(of.live.priceIds);
  let note: ReactNode = !ids.length && "It has no price yet.";
  if (changed) note = <Changed />;
  return (
    <Section title="Prices" note={note}>
      {answer.isLoading && <Skeleton className="h-24" />}
      {answer.isError && <Trouble error={answer.error} again={() => answer.refetch()} />}
      {answer.data && (
        <SmallTable label="Prices" heads={["Name", "Kind", "Amount", "Per"]} numeric={[2]}>
          {answer.data.map((one) => (
            <tr key={one.id}>
              <th scope="row">
                <Link href={`/viewer/prices/${one.id}`} className="text-accent hover:underline">
                  {one.name}
                </Link>
              </th>
              <td>{KINDS[one.kind]}</td>
              <td className="text-right whitespace-nowrap">{amountWords(one)}</td>
              <td className="whitespace-nowrap">{perWords(one)}</td>
            </tr>
          ))}
          {ids
            .filter((id) => !answer.data.some((one) => one.id === id))
            .map((id) => (
              <tr key={id}>
                <td colSpan={4} className="text-bad">
                  There is no price with the id {id} any more.
                </td>
              </tr>
            ))}
        </SmallTable>
      )}
    </Section>
  );
}

/** The latest publications; `present` makes it read again when there is a new one. */
function Publications({ id, present }: { id: string; present: string | null }) {
  const answer = useQuery({
    queryKey: ["publications", "of", id, present],
    queryFn: ({ signal }) =>
      got(
        api.GET("/api/offerings/{id}/publications", {
          params: { path: { id }, query: { size: 5, sort: "-requestedAt" } },
          signal,
        }),
      ),
    enabled: present !== null,
  });
  if (present === null) return null;
  const found = answer.data;
  return (
    <Section
      title="Publications"
      note={found && found.total > 5 && `The latest 5 of ${formatCount(found.total)}.`}
    >
      {answer.isLoading && <Skeleton className="h-24" />}
      {answer.isError && <Trouble error={answer.error} again={() => answer.refetch()} />}
      {found && (
        <SmallTable label="Publications" heads={["Asked for", "By", "State", "Ended"]}>
          {found.items.map((one) => (
            <tr key={one.id}>
              <th scope="row">
                <Link href={`/publish/${one.id}`} className="text-accent hover:underline">
                  <Time at={one.requestedAt} />
                </Link>
              </th>
              <td>{one.requestedBy}</td>
              <td>
                <ProgressBadge of={one.status} />
              </td>
              <td>{one.endedAt ? <Time at={one.endedAt} /> : "–"}</td>
            </tr>
          ))}
        </SmallTable>
      )}
    </Section>
  );
}

function Actions({ one }: { one: Offering }) {
  const publisher = useMay("publisher");
  const { id, version, status, draft, live } = one;
  const { name } = contentOf(one);
  const header = { "if-match": ifMatch(version) };
  return (
    <>
      {(status === "DRAFT" || status === "PUBLISHED") && <Edit entity="offerings" id={id} />}
      <Duplicate entity="offerings" id={id} />
      {(status === "DRAFT" || (status === "PUBLISHED" && draft)) && publisher && (
        <Button asChild>
          <Link href={`/builder/offerings/${id}#publish`}>
            <Rocket aria-hidden />
            Publish…
          </Link>
        </Button>
      )}
      {status === "PUBLISHED" && draft && (
        <Act
          entity="offerings"
          id={id}
          label="Discard the draft"
          icon={PencilOff}
          title={`Discard the draft of ${name}?`}
          done="The draft is discarded."
          danger
          run={() => got(api.DELETE("/api/offerings/{id}/draft", { params: { path: { id }, header } }))}
        >
          <p>What is live stays as it is. What the draft says differently is gone then.</p>
        </Act>
      )}
      {status === "PUBLISHED" && live && publisher && (
        <Act
          entity="offerings"
          id={id}
          label="Retire"
          icon={Archive}
          title={`Retire ${live.name}?`}
          done={`${live.name} is retired.`}
          danger
          run={(key) =>
            got(
              api.POST("/api/offerings/{id}/retire", {
                params: { path: { id }, header: { ...header, "Idempotency-Key": key } },
              }),
            )
          }
        >
          <p>
            It leaves the store and is not sold any more. {draft && "Its draft goes, too. "}This cannot be
            undone.
          </p>
        </Act>
      )}
      {status === "DRAFT" && (
        <Delete
          entity="offerings"
          id={id}
          name={name}
          run={() => got(api.DELETE("/api/offerings/{id}", { params: { path: { id }, header } }))}
        />
      )}
    </>
  );
}
