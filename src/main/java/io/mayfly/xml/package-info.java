/** Cutting XML that others wrote: EC2's answers. */
@NullMarked
package io.mayfly.xml;

import org.jspecify.annotations.NullMarked;
