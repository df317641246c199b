package io.mayfly.xml;

import static java.nio.charset.StandardCharsets.UTF_16;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class XmlFilterTest {

    /** As EC2 writes it, in short. */
    private static final String ANSWER = """
            <?xml version="1.0" encoding="UTF-8"?>
            <DescribeInstancesResponse xmlns="http://ec2.amazonaws.com/doc/2016-11-15/">
                <requestId>8f7724cf-496f-496e-8fe3-example</requestId>
                <reservationSet>
                    <item>
                        <groupSet/>
                        <instancesSet>
                            <item>
                                <instanceId>i-1</instanceId>
                                <monitoring><state>disabled</state></monitoring>
                                <tagSet>
                                    <item><key>Name</key><value>a &lt; b &amp;&#32;c</value></item>
                                </tagSet>
                            </item>
                            <item>
                                <networkInterfaceSet><item><key>no</key></item></networkInterfaceSet>
                            </item>
                        </instancesSet>
                    </item>
                </reservationSet>
            </DescribeInstancesResponse>
            """;

    private static final XmlFilter FILTER =
            new XmlFilter(Set.of("reservationSet", "item", "instancesSet", "instanceId", "tagSet", "key", "value"));

    private static String cut(String text) {
        return cut(text.getBytes(UTF_8));
    }

    private static String cut(byte[] text) {
        return new String(new XmlFilter(Set.of("b", "item")).cut(text, "a"), UTF_8);
    }

    private static void assertMalformed(byte[] text) {
        assertThatExceptionOfType(MalformedXmlException.class)
                .as(new String(text, UTF_8))
                .isThrownBy(() -> cut(text));
    }

    @Test
    void keepsWhatIsInUseOfAnAnswerAsItIs() {
        assertThat(new String(FILTER.cut(ANSWER.getBytes(UTF_8), "DescribeInstancesResponse"), UTF_8))
                .isEqualTo(ANSWER.replace("<requestId>8f7724cf-496f-496e-8fe3-example</requestId>", "")
                        .replace("<groupSet/>", "")
                        .replace("<monitoring><state>disabled</state></monitoring>", "")
                        .replace("<networkInterfaceSet><item><key>no</key></item></networkInterfaceSet>", ""));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            <a/>                                     | <a/>
            <a><b>x</b></a>                          | <a><b>x</b></a>
            <a><c>x</c></a>                          | <a></a>
            <a><c/></a>                              | <a></a>
            <a><c/><b/><c></c></a>                   | <a><b/></a>
            <a><bb/><b/><B/></a>                     | <a><b/></a>
            <a><a/></a>                              | <a></a>
            <a><c><b>x</b></c><b>y</b></a>           | <a><b>y</b></a>
            <a><b><c><item/></c><item/></b></a>      | <a><b><item/></b></a>
            <a><b><b><c/></b></b></a>                | <a><b><b></b></b></a>
            <a>x<c/>y</a>                            | <a>xy</a>
            <a><c d="<b/>"/></a>                     | !
            <a><c d="&lt;b/>" e='/>'/><b f='g'/></a> | <a><b f='g'/></a>
            <a><c><![CDATA[</c><b/>]]></c></a>       | <a></a>
            <a><b><![CDATA[<c/>]]></b></a>           | <a><b><![CDATA[<c/>]]></b></a>
            <a><c><!-- </c> --></c><!-- <c/> --></a> | <a><!-- <c/> --></a>
            <a><c><?p </c> ?></c><?p <c/> ?></a>     | <a><?p <c/> ?></a>
            <x:a><x:b>1</x:b><y:c/><c:b/></x:a>      | <x:a><x:b>1</x:b><c:b/></x:a>
            <a><b>&amp;&#x42;&lt;c/></b></a>         | <a><b>&amp;&#x42;&lt;c/></b></a>
            <!-- x --><a><c/></a><?p q?>             | <!-- x --><a></a><?p q?>
            """)
    void dropsElementsWithAllThatIsInThem(String text, String kept) {
        if (kept.equals("!")) {
            assertMalformed(text.getBytes(UTF_8));
        } else {
            assertThat(cut(text)).isEqualTo(kept);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "<x:a xmlns:x='urn:x'><x:b>y</x:b></x:a>",
                "<a b='>' c = \"/>'\"\n d='&lt;&#62;'><b e=''>y</b ></a\n>",
                "<?xml version='1.0'?><a><b>y</b></a>",
                "<?xml version=\"1.0\" encoding='utf-8' standalone=\"yes\"?>\n<a><b>y</b></a>\n",
                "<?xml-stylesheet href='x'?><!-- - --><a><b>y</b></a><!----><?end?> ",
                "\ufeff<a><b>y</b></a>",
                "  <a><b>y</b></a>",
                "<a>text<b>y</b>more<![CDATA[ and more ]]></a>",
                "<a><b>a \t\r\n]] > ]> ]]</b><b>Füße → 脚 🐛</b></a>",
            })
    void leavesWhateverIsWellFormedAndInUse(String text) {
        assertThat(cut(text)).isEqualTo(text);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "{}",
                "text",
                "<",
                "<a",
                "<a>",
                "<a><",
                "<a></",
                "<a></a",
                "<a><b></a></b>",
                "<a></aa>",
                "<aa></a>",
                "<a></x:a>",
                "</a>",
                "<a/><a/>",
                "<a/>x",
                "<a/>&amp;",
                "x<a/>",
                "< a/>",
                "<a / >",
                "<1/>",
                "<-/>",
                "<a b></a>",
                "<a b=c></a>",
                "<a b='<'/>",
                "<a b='&'/>",
                "<a b='&c;'/>",
                "<a b='c/>",
                "<a b='c'd='e'/>",
                "<a>&b;</a>",
                "<a>&;</a>",
                "<a>&amp</a>",
                "<a>&#;</a>",
                "<a>&#x;</a>",
                "<a>&#0;</a>",
                "<a>&#-1;</a>",
                "<a>&#8;</a>",
                "<a>&#xD800;</a>",
                "<a>&#xFFFF;</a>",
                "<a>&#x110000;</a>",
                "<a>&#x100000041;</a>",
                "<a>&#99999999999;</a>",
                "<a>&#+65;</a>",
                "<a>&#x+41;</a>",
                "<a>&#\u0666\u0665;</a>",
                "<a>&#4294967361;</a>",
                "<a>]]></a>",
                "<a><![CDATA[</a>",
                "<a><![cdata[]]></a>",
                "<![CDATA[]]><a/>",
                "<a><!-- - - --- --></a>",
                "<a><!-- </a>",
                "<a><? ?></a>",
                "<a><?x</a>",
                "<a><?xml version='1.0'?></a>",
                "<!-- --><?xml version='1.0'?><a/>",
                "<a><?x!y z?></a>",
                "<a><?x+?></a>",
                "<a>\0</a>",
                "<a>\u000b</a>",
                "<a><!-- \u001b --></a>",
                "<a b='\u0001'/>",
            })
    void refusesWhatIsNotWellFormedWhereverItStands(String text) {
        assertMalformed(text.getBytes(UTF_8));
        assertMalformed(("<a><notInUse>" + text + "</notInUse>").getBytes(UTF_8));
    }

    @Test
    void refusesAnAnswerThatBreaksOffAnywhere() {
        var whole = ANSWER.strip().getBytes(UTF_8);

        for (var length = 0; length < whole.length; length++) {
            var part = Arrays.copyOf(whole, length);
            assertThatExceptionOfType(MalformedXmlException.class)
                    .isThrownBy(() -> FILTER.cut(part, "DescribeInstancesResponse"));
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "<!DOCTYPE a><a/>",
                "<!DOCTYPE a SYSTEM 'http://example.com/a.dtd'><a/>",
                "<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>",
                "<!DOCTYPE a [<!ENTITY b SYSTEM 'file:///etc/passwd'>]><a>&b;</a>",
                "<!DOCTYPE a [<!ENTITY b 'c'><!ENTITY d '&b;&b;'>]><a>&d;&d;</a>",
                "<a><!ENTITY b 'c'></a>",
            })
    void knowsNoDocumentTypeAndNoEntitiesOfIts(String text) {
        assertMalformed(text.getBytes(UTF_8));
    }

    @Test
    void refusesAnotherDocument() {
        assertMalformed("<html><body>502 Bad Gateway</body></html>".getBytes(UTF_8));
        assertMalformed("<b/>".getBytes(UTF_8));
    }

    @Test
    void refusesAnotherEncoding() {
        assertMalformed("<a/>".getBytes(UTF_16));
        assertMalformed("<?xml version='1.0' encoding='ISO-8859-1'?><a/>".getBytes(UTF_8));
        assertMalformed(new byte[] {'<', 'a', '>', (byte) 0xfc, '<', '/', 'a', '>'});
        assertMalformed(new byte[] {'<', 'a', '>', (byte) 0xc0, (byte) 0xbc, '<', '/', 'a', '>'});
        assertMalformed(new byte[] {'<', 'a', '>', (byte) 0xed, (byte) 0xa0, (byte) 0x80, '<', '/', 'a', '>'});
    }

    @ParameterizedTest
    @ValueSource(strings = {"b", "notInUse"})
    void isNestedSoDeepAndNoDeeper(String name) {
        var begin = "<" + name + ">";
        var end = "</" + name + ">";

        assertThatCode(() -> cut("<a>" + begin.repeat(63) + end.repeat(63) + "</a>"))
                .doesNotThrowAnyException();
        assertMalformed(("<a>" + begin.repeat(64) + end.repeat(64) + "</a>").getBytes(UTF_8));
        assertMalformed(("<a>" + begin.repeat(1_000_000)).getBytes(UTF_8));
    }

    @Test
    void bearsWhatIsAsLongAsAnAnswerMayBe() {
        var longOne = new ByteArrayOutputStream();
        longOne.writeBytes("<a><b>".getBytes(UTF_8));
        for (var part = 0; part < 1_000_000; part++) {
            longOne.writeBytes("&lt;<c/>x".getBytes(UTF_8));
        }
        assertMalformed(longOne.toByteArray());
        longOne.writeBytes("</b></a>".getBytes(UTF_8));
        assertThat(cut(longOne.toByteArray())).hasSize(5_000_000 + "<a><b></b></a>".length());

        assertMalformed(("<a>&" + "x".repeat(10_000_000)).getBytes(UTF_8));
        assertMalformed(("<" + "a".repeat(10_000_000)).getBytes(UTF_8));
        assertMalformed(("<a " + "b='' ".repeat(2_000_000)).getBytes(UTF_8));
    }

    @Test
    void saysWhereItIsMalformedAndNeverWhatStandsThere() {
        assertThatExceptionOfType(MalformedXmlException.class)
                .isThrownBy(() -> cut("<a><b>secret&secret;</b></a>"))
                .withMessageMatching("no well-formed XML: a reference to nothing at byte [0-9]+");
        assertThatExceptionOfType(MalformedXmlException.class)
                .isThrownBy(() -> cut("<secret/>"))
                .withMessage("another document than a");
    }
}
