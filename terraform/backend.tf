# Bucket, key and region are in backend.hcl, which `make bootstrap` writes (backend.hcl.example shows one).
terraform {
  backend "s3" {
    encrypt      = true
    use_lockfile = true
  }
}
