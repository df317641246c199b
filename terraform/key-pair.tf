# The private half stays with the operator; a key made by Terraform would be in the state.
resource "aws_key_pair" "builder" {
  count = var.builder_public_key == null ? 0 : 1

  key_name   = "gha_runner_image_builder${local.suffix}"
  public_key = trimspace(var.builder_public_key)

  tags = { Name = "gha_runner_image_builder${local.suffix}" }
}
