/** Rules for the whole house. */
@NullMarked
package io.mayfly;

import org.jspecify.annotations.NullMarked;
