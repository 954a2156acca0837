#include "clock.h"

#include <math.h>
#include <string.h>

struct civil {
    int year, month, day, hour, minute, second, weekday;
};

/* Days since 1970-01-01 of a civil date; the year starts in March, so that the
 * leap day is its last. */
static long long days_from_civil(int y, int m, int d)
{
    long long era;
    int yoe, doy, doe;

    y -= m <= 2;
    era = (y >= 0 ? y : y - 399) / 400;
    yoe = (int)(y - era * 400);
    doy = (153 * (m + (m > 2 ? -3 : 9)) + 2) / 5 + d - 1;
    doe = yoe * 365 + yoe / 4 - yoe / 100 + doy;
    return era * 146097 + doe - 719468;
}

static struct civil civil_from_seconds(long long t)
{
    struct civil c;
    long long days, era;
    int second, doe, yoe, doy, mp;

    if (t < SES_TIME_MIN)
        t = SES_TIME_MIN;
    if (t > SES_TIME_MAX)
        t = SES_TIME_MAX;
    days = t / 86400;
    second = (int)(t % 86400);
    if (second < 0) {
        second += 86400;
        days--;
    }
    c.weekday = (int)((days % 7 + 11) % 7);
    days += 719468;
    era = (days >= 0 ? days : days - 146096) / 146097;
    doe = (int)(days - era * 146097);
    yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
    doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
    mp = (5 * doy + 2) / 153;
    c.day = doy - (153 * mp + 2) / 5 + 1;
    c.month = mp + (mp < 10 ? 3 : -9);
    c.year = (int)(yoe + era * 400) + (c.month <= 2);
    c.hour = second / 3600;
    c.minute = second / 60 % 60;
    c.second = second % 60;
    return c;
}

/* Writes n digits of v; returns what follows them. */
static char *digits(char *out, int v, int n)
{
    int i;

    for (i = n - 1; i >= 0; i--, v /= 10)
        out[i] = (char)('0' + v % 10);
    return out + n;
}

void ses_time_basic(char out[SES_BASIC_LEN + 1], long long seconds)
{
    struct civil c = civil_from_seconds(seconds);

    out = digits(out, c.year, 4);
    out = digits(out, c.month, 2);
    out = digits(out, c.day, 2);
    *out++ = 'T';
    out = digits(out, c.hour, 2);
    out = digits(out, c.minute, 2);
    out = digits(out, c.second, 2);
    *out++ = 'Z';
    *out = '\0';
}

static char *clock_text(char *out, const struct civil *c)
{
    out = digits(out, c->hour, 2);
    *out++ = ':';
    out = digits(out, c->minute, 2);
    *out++ = ':';
    return digits(out, c->second, 2);
}

size_t ses_time_iso8601(char out[SES_ISO8601_MAX], double seconds)
{
    /* To the millisecond first: 0.9996 s belong to the next second. */
    double total = floor(seconds * 1000 + 0.5);
    double whole = floor(total / 1000);
    int millis = (int)(total - whole * 1000);
    struct civil c;
    char *p = out;

    if (!(whole >= (double)SES_TIME_MIN))
        whole = (double)SES_TIME_MIN;
    if (whole > (double)SES_TIME_MAX)
        whole = (double)SES_TIME_MAX;
    c = civil_from_seconds((long long)whole);
    p = digits(p, c.year, 4);
    *p++ = '-';
    p = digits(p, c.month, 2);
    *p++ = '-';
    p = digits(p, c.day, 2);
    *p++ = 'T';
    p = clock_text(p, &c);
    if (millis) {
        *p++ = '.';
        p = digits(p, millis, 3);
        while (p[-1] == '0')
            p--;
    }
    *p++ = 'Z';
    *p = '\0';
    return (size_t)(p - out);
}

static const char weekdays[] = "SunMonTueWedThuFriSat";
static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";

static char *text(char *out, const char *s, size_t n)
{
    memcpy(out, s, n);
    return out + n;
}

size_t ses_time_http(char out[SES_ISO8601_MAX], long long seconds)
{
    struct civil c = civil_from_seconds(seconds);
    char *p = out;

    p = text(p, weekdays + 3 * c.weekday, 3);
    p = text(p, ", ", 2);
    p = digits(p, c.day, 2);
    *p++ = ' ';
    p = text(p, months + 3 * (c.month - 1), 3);
    *p++ = ' ';
    p = digits(p, c.year, 4);
    *p++ = ' ';
    p = clock_text(p, &c);
    p = text(p, " GMT", 5);
    return (size_t)(p - out - 1);
}

/* A cursor over a text; failed is sticky. */
struct scan {
    const char *p, *end;
    int failed;
};

static int number(struct scan *s, int n)
{
    int v = 0;

    if (s->end - s->p < n) {
        s->failed = 1;
        return 0;
    }
    for (; n > 0; n--, s->p++) {
        if (*s->p < '0' || *s->p > '9')
            s->failed = 1;
        else
            v = v * 10 + (*s->p - '0');
    }
    return v;
}

static int at(struct scan *s, const char *set)
{
    return s->p < s->end && *s->p && strchr(set, *s->p) != NULL;
}

static void expect(struct scan *s, const char *set)
{
    if (at(s, set))
        s->p++;
    else
        s->failed = 1;
}

static int days_in_month(int year, int month)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    int leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;

    return days[month - 1] + (month == 2 && leap);
}

/* Seconds of a civil time, or a failed scan where there is no such time. */
static long long seconds_of(struct scan *s, const struct civil *c)
{
    /* A second of 60 is a leap second: the first of the next minute. */
    if (c->month < 1 || c->month > 12 || c->day < 1 || c->hour > 23 ||
        c->minute > 59 || c->second > 60 ||
        c->day > days_in_month(c->year, c->month)) {
        s->failed = 1;
        return 0;
    }
    return days_from_civil(c->year, c->month, c->day) * 86400 + c->hour * 3600 +
           c->minute * 60 + c->second;
}

int ses_time_parse_basic(const char *s, size_t len, long long *seconds)
{
    struct scan sc = {s, s + len, 0};
    struct civil c = {0, 0, 0, 0, 0, 0, 0};

    c.year = number(&sc, 4);
    c.month = number(&sc, 2);
    c.day = number(&sc, 2);
    expect(&sc, "T");
    c.hour = number(&sc, 2);
    c.minute = number(&sc, 2);
    c.second = number(&sc, 2);
    expect(&sc, "Z");
    *seconds = seconds_of(&sc, &c);
    return sc.failed || sc.p != sc.end ? -1 : 0;
}

/* The fraction of a second at the cursor; digits beyond the fifteenth are
 * read over. */
static double fraction(struct scan *s)
{
    double value = 0, unit = 1;

    if (!at(s, "."))
        return 0;
    s->p++;
    if (!at(s, "0123456789"))
        s->failed = 1;
    for (; at(s, "0123456789"); s->p++) {
        if (unit < 1e15) {
            value = value * 10 + (*s->p - '0');
            unit *= 10;
        }
    }
    return value / unit;
}

/* "Z" or "+hh:mm": seconds east of UTC. */
static int offset(struct scan *s)
{
    int sign, hours, minutes;

    if (at(s, "Zz")) {
        s->p++;
        return 0;
    }
    sign = at(s, "-") ? -1 : 1;
    expect(s, "+-");
    hours = number(s, 2);
    if (at(s, ":"))
        s->p++;
    minutes = number(s, 2);
    if (hours > 23 || minutes > 59)
        s->failed = 1;
    return sign * (hours * 3600 + minutes * 60);
}

int ses_time_parse_iso8601(const char *s, size_t len, double *seconds)
{
    struct scan sc = {s, s + len, 0};
    struct civil c = {0, 0, 0, 0, 0, 0, 0};
    double part;

    c.year = number(&sc, 4);
    expect(&sc, "-");
    c.month = number(&sc, 2);
    expect(&sc, "-");
    c.day = number(&sc, 2);
    expect(&sc, "Tt ");
    c.hour = number(&sc, 2);
    expect(&sc, ":");
    c.minute = number(&sc, 2);
    expect(&sc, ":");
    c.second = number(&sc, 2);
    part = fraction(&sc);
    *seconds = (double)(seconds_of(&sc, &c) - offset(&sc)) + part;
    return sc.failed || sc.p != sc.end ? -1 : 0;
}

/* The index of the three letters at the cursor in a run of names. */
static int name(struct scan *s, const char *names)
{
    const char *p;

    if (s->end - s->p < 3) {
        s->failed = 1;
        return 0;
    }
    for (p = names; *p; p += 3) {
        if (memcmp(p, s->p, 3) == 0) {
            s->p += 3;
            return (int)(p - names) / 3;
        }
    }
    s->failed = 1;
    return 0;
}

int ses_time_parse_http(const char *s, size_t len, double *seconds)
{
    struct scan sc = {s, s + len, 0};
    struct civil c = {0, 0, 0, 0, 0, 0, 0};
    double part;

    name(&sc, weekdays);
    expect(&sc, ",");
    expect(&sc, " ");
    c.day = number(&sc, 2);
    expect(&sc, " ");
    c.month = name(&sc, months) + 1;
    expect(&sc, " ");
    c.year = number(&sc, 4);
    expect(&sc, " ");
    c.hour = number(&sc, 2);
    expect(&sc, ":");
    c.minute = number(&sc, 2);
    expect(&sc, ":");
    c.second = number(&sc, 2);
    part = fraction(&sc);
    expect(&sc, " ");
    expect(&sc, "G");
    expect(&sc, "M");
    expect(&sc, "T");
    *seconds = (double)seconds_of(&sc, &c) + part;
    return sc.failed || sc.p != sc.end ? -1 : 0;
}
