"use client";

import { useQuery } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { useId, useState } from "react";
import { useFieldArray, useFormContext, useWatch } from "react-hook-form";
import { Actions } from "@/components/form/actions";
import { EntityFormView } from "@/components/form/entity-form";
import {
  CheckField,
  ChoiceField,
  MomentField,
  NumberField,
  NumberInput,
  SelectField,
  TextField,
} from "@/components/form/inputs";
import { Field, Panel, Row, Section, useKit } from "@/components/form/kit";
import { ListEditor } from "@/components/form/list-editor";
import { NameFields } from "@/components/form/name-fields";
import { started } from "@/components/form/started";
import { useDebounced } from "@/components/form/use-debounced";
import { type FormProps, useEntityForm } from "@/components/form/use-entity-form";
import { Link } from "@/components/shell/link";
import { Notice } from "@/components/ui/notice";
import { api, got, ifMatch } from "@/lib/api/browser";
import { problemOf } from "@/lib/api/problem";
import { formatDateTime } from "@/lib/dates";
import { isDecimal } from "@/lib/decimals";
import { CURRENCIES, formatMoney } from "@/lib/money";
import { priceKind } from "./kind";
import type { PriceView } from "./reader";
import { emptyPrice, MOST_TIERS, type PriceValues, priceSchema } from "./schema";
import { KINDS } from "./words";

const KIND_OPTIONS = [
  { value: "ONE_TIME", label: KINDS.ONE_TIME, hint: "Paid once, such as a device or a set-up" },
  { value: "RECURRING", label: KINDS.RECURRING, hint: "Paid again after each period" },
  { value: "USAGE", label: KINDS.USAGE, hint: "Paid for what was used, by a unit" },
];

const MODE_OPTIONS = [
  { value: "GRADUATED", label: "Graduated", hint: "Each part of the quantity at the rate of its own tier" },
  { value: "VOLUME", label: "Volume", hint: "The whole quantity at the rate of the tier it falls in" },
];

const UNITS = [
  ["day", "days"],
  ["month", "months"],
  ["year", "years"],
] as const;

const CURRENCY_OPTIONS = CURRENCIES.map((code) => [code, code] as const);

export function PriceForm({ view, initial, address, onSaved }: FormProps<PriceView, PriceValues>) {
  const entity = useEntityForm({ kind: priceKind, schema: priceSchema, view, initial, address, onSaved });
  const saved = entity.base;
  return (
    <EntityFormView
      entity={entity}
      locked={saved && heldNow(saved).length ? <Held price={saved} /> : undefined}
      aside={
        <>
          <Charge saved={saved} dirty={entity.dirty} />
          {saved && <LifeCycle view={saved} dirty={entity.dirty} />}
        </>
      }
    >
      <Section title="What it is">
        <NameFields isNew={!saved} />
      </Section>
      <Section title="What it costs">
        <ChoiceField name="kind" label="Kind" options={KIND_OPTIONS} />
        <KindFields />
        <AmountFields />
        <CheckField name="taxIncluded" label="Tax is included" />
      </Section>
      <Section
        title="When it is valid"
        description="An open side has no end. The end itself is not in it any more."
      >
        <Row>
          <MomentField name="validFor.from" label="From" />
          <MomentField name="validFor.to" label="Until" />
        </Row>
      </Section>
    </EntityFormView>
  );
}

export const StartedPriceForm = started(priceKind, emptyPrice, PriceForm);

function KindFields() {
  const kind = useWatch<PriceValues, "kind">({ name: "kind" });
  if (kind === "RECURRING") {
    return (
      <Row className="max-w-md">
        <TextField name="period.length" label="Due again every" inputMode="numeric" required />
        <SelectField name="period.unit" label="Unit of the period" options={UNITS} />
      </Row>
    );
  }
  if (kind === "USAGE") {
    return (
      <TextField
        name="unitOfMeasure"
        label="Unit of measure"
        required
        className="max-w-md"
        hint="What is counted, such as GB, minute or 1M tokens."
      />
    );
  }
  return null;
}

function AmountFields() {
  const { id, readOnly } = useKit();
  const { setValue, getValues } = useFormContext<PriceValues>();
  const tiered = useWatch<PriceValues, "tiered">({ name: "tiered" });
  const currency = useWatch<PriceValues, "money.currency">({ name: "money.currency" });
  const tiers = useWatch<PriceValues, "tiers">({ name: "tiers" });
  const { fields, append, remove, move } = useFieldArray<PriceValues, "tiers">({ name: "tiers" });
  return (
    <>
      <Row className="max-w-md">
        <SelectField name="money.currency" label="Currency" options={CURRENCY_OPTIONS} required />
        {!tiered && (
          <NumberField name="money.amount" label="Amount" required currency={currency} unit={currency} />
        )}
      </Row>
      <CheckField
        name="tiered"
        label="The amount depends on the quantity (tiers)"
        onEdit={(on) => {
          if (on && !getValues("tiers").length) {
            append({ from: "0", amount: getValues("money.amount") }, { shouldFocus: false });
          }
          if (!on && !getValues("money.amount"))
            setValue("money.amount", getValues("tiers")[0]?.amount ?? "");
        }}
      />
      {tiered && (
        <>
          <ChoiceField name="mode" label="How tiers charge" options={MODE_OPTIONS} />
          <Field name="tiers" label="Tiers" required group shallow>
            {() => (
              <ListEditor
                id={`${id}.tiers`}
                count={fields.length}
                noun="tier"
                most={MOST_TIERS}
                readOnly={readOnly}
                keyOf={(index) => fields[index]?.id ?? String(index)}
                nameOf={(index) => `Tier ${index + 1}`}
                onAdd={() => append({ from: tiers.length ? "" : "0", amount: "" }, { shouldFocus: false })}
                onRemove={remove}
                onMove={move}
                row={(index) => (
                  <div className="grid grid-cols-1 gap-x-3 gap-y-2 sm:grid-cols-2">
                    <NumberField name={`tiers.${index}.from`} label="From quantity" required />
                    <NumberField
                      name={`tiers.${index}.amount`}
                      label="Amount of a unit"
                      required
                      currency={currency}
                      unit={currency}
                    />
                  </div>
                )}
              />
            )}
          </Field>
        </>
      )}
    </>
  );
}

/** What a quantity costs, as the platform charges it: exactly. */
function Charge({ saved, dirty }: { saved: PriceView | null; dirty: boolean }) {
  const [quantity, setQuantity] = useState("1");
  const id = useId();
  const asked = useDebounced(quantity);
  const charge = useQuery({
    queryKey: ["charge", saved?.id, saved?.version, asked],
    queryFn: () =>
      got(
        api.POST("/api/prices/{id}/charge", {
          params: { path: { id: saved?.id ?? "" } },
          body: { quantity: asked },
        }),
      ),
    enabled: saved !== null && isDecimal(asked),
  });
  return (
    <Panel title="What a quantity costs">
      {saved ? (
        <>
          <div className="space-y-1">
            <label htmlFor={id} className="font-medium">
              Quantity
            </label>
            <NumberInput
              id={id}
              aria-describedby={`${id}-charge`}
              value={quantity}
              onChange={setQuantity}
              unit={saved.unitOfMeasure}
            />
          </div>
          <div role="status" id={`${id}-charge`}>
            {!isDecimal(quantity) ? (
              <p className="text-ink-soft">Type a number.</p>
            ) : charge.isError ? (
              <p className="text-warn">
                {problemOf(charge.error).errors[0]?.message ?? problemOf(charge.error).message}
              </p>
            ) : charge.data ? (
              <p className="tabular text-lg font-semibold">
                {formatMoney(charge.data.amount, charge.data.currency)}
              </p>
            ) : (
              <p className="text-ink-soft">Asking…</p>
            )}
          </div>
          <p className="text-xs text-ink-soft">
            {dirty
              ? `By version ${saved.version} as it is saved, without your changes.`
              : `By version ${saved.version}, to the last decimal place.`}
          </p>
        </>
      ) : (
        <p className="text-ink-soft">When the price is saved, any quantity can be tried here.</p>
      )}
    </Panel>
  );
}

/** What holds a price now: a lease that is over does not count. */
const heldNow = (view: PriceView) =>
  view.holds.filter((one) => !one.expiresAt || Date.parse(one.expiresAt) > Date.now());

const MOST_SHOWN = 10;

function Held({ price }: { price: PriceView }) {
  const holds = heldNow(price);
  const offerings = [...new Map(holds.map((one) => [one.offeringId, one])).values()];
  return (
    <Notice kind="warn" title="This price is held, so it cannot be changed">
      <p>Shoppers pay it, or are about to. Duplicate it and use the new one instead. Held by:</p>
      <ul className="flex flex-wrap gap-x-3">
        {offerings.slice(0, MOST_SHOWN).map((one) => (
          <li key={one.offeringId}>
            <Link
              href={`/viewer/offerings/${one.offeringId}`}
              className="inline-block py-0.5 underline underline-offset-2"
            >
              {one.offeringKey ?? one.offeringId}
            </Link>
            {one.expiresAt && ` until ${formatDateTime(one.expiresAt)}`}
          </li>
        ))}
        {offerings.length > MOST_SHOWN && <li>and {offerings.length - MOST_SHOWN} more</li>}
      </ul>
    </Notice>
  );
}

function LifeCycle({ view, dirty }: { view: PriceView; dirty: boolean }) {
  const router = useRouter();
  const refused = heldNow(view).length
    ? "It is held: end the sale first."
    : dirty
      ? "Save or discard your changes first."
      : undefined;
  return (
    <Panel title="Life cycle">
      <Actions
        entity="prices"
        actions={[
          {
            label: "Delete",
            danger: true,
            question: `${view.name} is gone for good. It is refused while an offering uses it.`,
            refused,
            run: async () => {
              await api.DELETE("/api/prices/{id}", {
                params: { path: { id: view.id }, header: { "if-match": ifMatch(view.version) } },
              });
              router.replace("/builder");
            },
          },
        ]}
      />
    </Panel>
  );
}
