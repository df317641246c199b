@NullMarked
package io.mayfly.sweep;

import org.jspecify.annotations.NullMarked;
