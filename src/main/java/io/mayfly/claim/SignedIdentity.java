package io.mayfly.claim;

import io.mayfly.json.JsonFields;
import io.mayfly.json.JsonText;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.ResolverStyle;
import java.util.regex.Pattern;

/**
 * The four values by which an instance shows who it is: from them and our own constants the request is rebuilt that it has
 * signed. Each has the form of what it stands for, so that none of them can become anything else in that request.
 *
 * @param key id of the access key
 * @param token of the session
 * @param date of the signature, as it was signed
 * @param at the same moment
 */
record SignedIdentity(String key, String token, String date, Instant at, String signature) {

    private static final Pattern KEY = Pattern.compile("ASIA[A-Z0-9]{16}");
    private static final Pattern TOKEN = Pattern.compile("[A-Za-z0-9+/=]{1,4096}");
    private static final Pattern SIGNATURE = Pattern.compile("[0-9a-f]{64}");
    private static final Pattern DATE = Pattern.compile("[0-9]{8}T[0-9]{6}Z");
    private static final DateTimeFormatter FORMAT =
            DateTimeFormatter.ofPattern("uuuuMMdd'T'HHmmss'Z'").withResolverStyle(ResolverStyle.STRICT);

    /** @throws io.mayfly.json.MalformedJsonException naming the member that is not as it should be, never its value */
    static SignedIdentity parse(byte[] body) {
        var claim = JsonText.object(body, "body");
        claim.number("v", 1, 1);
        var purpose = claim.text("for");
        if (purpose != null && !purpose.equals("job")) {
            throw claim.wrong("for", "is not job");
        }
        var date = text(claim, "date", DATE);
        return new SignedIdentity(
                text(claim, "key", KEY),
                text(claim, "token", TOKEN),
                date,
                moment(claim, date),
                text(claim, "signature", SIGNATURE));
    }

    private static String text(JsonFields claim, String key, Pattern form) {
        var text = claim.neededText(key);
        if (!form.matcher(text).matches()) {
            throw claim.wrong(key, "is malformed");
        }
        return text;
    }

    private static Instant moment(JsonFields claim, String date) {
        try {
            return LocalDateTime.parse(date, FORMAT).toInstant(ZoneOffset.UTC);
        } catch (DateTimeException e) {
            throw claim.wrong("date", "is no date");
        }
    }

    /** The day of the signature's scope. */
    String day() {
        return date.substring(0, date.indexOf('T'));
    }

    @Override
    public String toString() {
        return "SignedIdentity[" + date + "]";
    }
}
