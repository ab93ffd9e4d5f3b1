  // ---- Dates, in the user's time zone ----

  const { UTC, now: clock } = Date;
  const zoneOffset = uncurry(Date.prototype.getTimezoneOffset);
  const dateUTC = {
    __proto__: null,
    year: uncurry(Date.prototype.getUTCFullYear),
    month: uncurry(Date.prototype.getUTCMonth),
    day: uncurry(Date.prototype.getUTCDate),
    weekday: uncurry(Date.prototype.getUTCDay),
    hour: uncurry(Date.prototype.getUTCHours),
    minute: uncurry(Date.prototype.getUTCMinutes),
    setYear: uncurry(Date.prototype.setUTCFullYear),
  };
  const { floor, abs, min, trunc } = Math;
  const lower = uncurry(String.prototype.toLowerCase);
  const matches = uncurry(RegExp.prototype.exec);
  const dayMillis = 86400000;
  const weekdays = freeze(["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"]);
  const units = freeze({ __proto__: null, minute: 60000, hour: 3600000, day: 0, week: 0, month: 0, year: 0 });

  const offsetAt = (ms) => -zoneOffset(new D(ms)) * 60000;
  // wall is what the user's clock shows, as a Date whose UTC fields show it.
  const wall = (ms) => new D(ms + offsetAt(ms));
  // instant is the moment at which the wall clock shows these fields. Of two, when clocks go back, the first; where clocks
  // jump over it, as much later.
  const instant = (local) => {
    const before = local - offsetAt(local - dayMillis);
    if (before + offsetAt(before) === local) return before;
    const after = local - offsetAt(local + dayMillis);
    return after + offsetAt(after) === local ? after : before;
  };
  const localFields = (y, mo, d, h = 0, mi = 0) => {
    const x = new D(UTC(2000, 0, 1, h, mi));
    return dateUTC.setYear(x, y, mo, d); // apart from the rest, since UTC takes the years 0 to 99 for 1900 to 1999
  };
  const check = (d, what) => {
    const ms = isObject(d) ? dateOf(d) : undefined;
    if (ms === undefined || ms !== ms) throw new T(`${what} wants a valid Date, not ${ms === undefined ? called(d) : "an invalid one"}`);
    return ms;
  };
  const unitOf = (unit, what, allowed) => {
    const u = typeof unit === "string" ? lower(unit) : "";
    const one = u[u.length - 1] === "s" ? slice(u, 0, -1) : u;
    if (!(one in units) || (allowed && units[one] !== 0)) {
      throw new T(`${what} does not know the unit ${quote("" + unit)}; it knows ${allowed || "minute, hour, day, week, month, year"}`);
    }
    return one;
  };
  const pad = (n, width = 2) => slice("0000" + n, -width);

  const format = (d, style = "datetime") => {
    const w = wall(check(d, "dates.format"));
    const date = `${pad(dateUTC.year(w), 4)}-${pad(dateUTC.month(w) + 1)}-${pad(dateUTC.day(w))}`;
    const time = `${pad(dateUTC.hour(w))}:${pad(dateUTC.minute(w))}`;
    if (style === "datetime") return `${date} ${time}`;
    if (style === "date") return date;
    if (style === "time") return time;
    if (style === "weekday") return weekdays[dateUTC.weekday(w)];
    throw new T('dates.format knows the styles "date", "time", "datetime" and "weekday"');
  };

  const startOf = (unit, d = new D(clock())) => {
    const w = wall(check(d, "dates.startOf"));
    const [y, mo, day] = [dateUTC.year(w), dateUTC.month(w), dateUTC.day(w)];
    switch (unitOf(unit, "dates.startOf", "day, week, month, year")) {
      case "day":
        return new D(instant(localFields(y, mo, day)));
      case "week":
        return new D(instant(localFields(y, mo, day - ((dateUTC.weekday(w) + 6) % 7))));
      case "month":
        return new D(instant(localFields(y, mo, 1)));
      default:
        return new D(instant(localFields(y, 0, 1)));
    }
  };

  const add = (d, n, unit) => {
    const ms = check(d, "dates.add");
    if (typeof n !== "number" || n !== n || abs(n) > 1e9) throw new T("dates.add wants a number: dates.add(d, 3, \"day\")");
    const u = unitOf(unit, "dates.add");
    if (units[u] !== 0) return new D(ms + n * units[u]);
    if (n !== trunc(n)) throw new T(`dates.add wants whole ${u}s`);
    const local = ms + offsetAt(ms);
    if (u === "day" || u === "week") return new D(instant(local + n * (u === "week" ? 7 : 1) * dayMillis));
    const w = new D(local);
    const months = dateUTC.year(w) * 12 + dateUTC.month(w) + n * (u === "year" ? 12 : 1);
    const [y, mo] = [floor(months / 12), months - floor(months / 12) * 12];
    const last = dateUTC.day(new D(localFields(y, mo + 1, 0)));
    return new D(instant(localFields(y, mo, min(dateUTC.day(w), last)) + (local - floor(local / dayMillis) * dayMillis)));
  };

  const next = (weekday, time = "00:00") => {
    const name = typeof weekday === "string" ? lower(weekday) : "";
    let wanted = -1;
    for (let i = 0; i < 7; i++) if (name.length >= 3 && slice(lower(weekdays[i]), 0, name.length) === name) wanted = i;
    if (wanted < 0) throw new T('dates.next wants a weekday, such as "Monday"');
    const hm = typeof time === "string" ? matches(/^([01]?\d|2[0-3]):([0-5]\d)$/, time) : null;
    if (!hm) throw new T('dates.next wants a time such as "09:30"');
    const now = clock();
    const w = wall(now);
    const ahead = (wanted - dateUTC.weekday(w) + 7) % 7;
    const on = (days) => instant(localFields(dateUTC.year(w), dateUTC.month(w), dateUTC.day(w) + days, +hm[1], +hm[2]));
    return new D(on(ahead) > now ? on(ahead) : on(ahead + 7));
  };

  const daysBetween = (a, b) => {
    const [x, y] = [check(a, "dates.daysBetween"), check(b, "dates.daysBetween")];
    return floor((y + offsetAt(y)) / dayMillis) - floor((x + offsetAt(x)) / dayMillis);
  };

  const dates = {
    __proto__: null,
    now: () => new D(clock()),
    today: () => startOf("day"),
    startOf: (unit, d) => startOf(unit, d),
    add: (d, n, unit) => add(d, n, unit),
    next: (weekday, time) => next(weekday, time),
    format: (d, style) => format(d, style),
    daysBetween: (a, b) => daysBetween(a, b),
  };
