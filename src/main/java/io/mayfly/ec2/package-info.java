/** EC2: launching, finding and terminating instances, what its errors mean, and the user data. */
@NullMarked
package io.mayfly.ec2;

import org.jspecify.annotations.NullMarked;
