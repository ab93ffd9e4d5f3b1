import { useEffect, useState } from "react";
import { settling } from "./logic";

/** Whether what is shown has been there long enough to be answered: a click of just now was meant for something else. */
export function useSettled(shown: string): boolean {
  const [settled, setSettled] = useState("");
  useEffect(() => {
    const timer = setTimeout(() => setSettled(shown), settling);
    return () => clearTimeout(timer);
  }, [shown]);
  return settled === shown;
}
