"use client";

import { useState } from "react";
import { useFormContext, useWatch } from "react-hook-form";
import { TextAreaField, TextField } from "./inputs";
import { Row } from "./kit";
import { keyOf } from "./texts";

/** Name, key and description: of everything. The key follows the name until somebody types another one. */
export function NameFields({ isNew }: { isNew: boolean }) {
  const { setValue } = useFormContext();
  const [name, key] = useWatch({ name: ["name", "key"] }) as [string, string];
  const [own, setOwn] = useState(key !== "" && key !== keyOf(name));
  return (
    <>
      <Row>
        <TextField
          name="name"
          label="Name"
          required
          onEdit={(typed) => {
            if (isNew && !own) setValue("key", keyOf(typed), { shouldDirty: true, shouldValidate: true });
          }}
        />
        <TextField
          name="key"
          label="Key"
          readOnly={!isNew}
          spellCheck={false}
          autoCapitalize="none"
          className="[&_input]:font-mono"
          hint={
            isNew
              ? "What files and programs call it. It stays as it is for ever."
              : "It stays as it is for ever."
          }
          onEdit={(typed) => setOwn(typed !== "")}
        />
      </Row>
      <TextAreaField name="description" label="Description" />
    </>
  );
}
