import { useLocation, useNavigate } from "@tanstack/react-router";
import { useEffect, useState } from "react";

/**
 * Leads to the sign-in, from where it goes back to where this was. Once: a `Navigate` that stands until the sign-in has come would
 * lead there anew each time that the address changes, and the page would hang.
 */
export function ToSignIn() {
  const navigate = useNavigate();
  const { href } = useLocation();
  const [next] = useState(href);
  useEffect(() => void navigate({ to: "/sign-in", search: { next } }), [navigate, next]);
  return null;
}
