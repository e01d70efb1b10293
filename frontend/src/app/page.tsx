import { redirect } from "next/navigation";

/** Who comes without an address wants to look; the store has the way to sign in. */
export default function FrontPage() {
  redirect("/store");
}
