import { redirect } from "next/navigation";

export default function ViewerPage() {
  redirect("/viewer/offerings");
}
