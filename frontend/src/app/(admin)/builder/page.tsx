import type { Metadata } from "next";
import { Overview } from "./overview";

export const metadata: Metadata = { title: "Builder" };

export default function BuilderPage() {
  return <Overview />;
}
